/** Calls into a worker: one message there, one back. */

export interface Request {
  id: number;
  method: string;
  args: unknown[];
}
export type Reply = { id: number; result: unknown } | { id: number; error: unknown };

/** The page's side. */
export class Remote {
  private next = 0;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: unknown) => void }>();

  /** `other` gets messages that are no replies. */
  constructor(
    private readonly worker: Worker,
    other: (message: unknown) => void = () => undefined,
  ) {
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = typeof data.id === 'number' ? this.waiting.get(data.id) : undefined;
      if (!waiting) {
        other(data);
        return;
      }
      this.waiting.delete(data.id);
      if ('error' in data) waiting.reject(data.error);
      else waiting.resolve(data.result);
    };
    worker.onerror = (event) => {
      const reason = { message: `The engine’s worker failed: ${event.message}` };
      for (const { reject } of this.waiting.values()) reject(reason);
      this.waiting.clear();
    };
  }

  call(method: string, ...args: unknown[]): Promise<unknown> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, args } satisfies Request);
    });
  }

  end(): void {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject({ message: 'stopped' });
    this.waiting.clear();
  }
}

type Methods = Record<string, (...args: never[]) => unknown>;

/** The worker's side: answers calls in the order in which they come. */
export function serve(methods: Methods): void {
  let tail: Promise<unknown> = Promise.resolve();
  self.onmessage = ({ data }: MessageEvent<Request>) => {
    tail = tail.then(async () => {
      try {
        const method = methods[data.method];
        if (!method) throw new Error(`no method ${data.method}`);
        const result = await (method as (...args: unknown[]) => unknown)(...data.args);
        self.postMessage({ id: data.id, result } satisfies Reply);
      } catch (error) {
        self.postMessage({ id: data.id, error: plain(error) } satisfies Reply);
      }
    });
  };
}

/** Problems of the engine are plain objects already; an `Error` crosses as one. */
function plain(error: unknown): unknown {
  return error instanceof Error ? { message: error.message } : error;
}
