/** Calls into a worker: one message there, one back. */

import type { Problem } from '../core/problem';

export interface Request {
  id: number;
  method: string;
  args: unknown[];
}
export type Reply = { id: number; result: unknown } | { id: number; error: unknown };
/** The worker is of no use any more. */
export interface Death {
  death: Problem;
}

/** Why a call came to nothing that did no harm itself: its worker is gone. It may be made again. */
export const LOST: Problem = { message: 'The engine’s worker has ended before it answered' };

const UNLOADED: Problem = { message: 'The engine could not be loaded', remedy: 'see that you are connected, and load the page again' };

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/** The page's side. */
export class Remote {
  /** Why the worker is gone; null as long as it is there. */
  dead: Problem | null = null;
  private next = 0;
  /** In the order in which they were made, which is that in which they are answered. */
  private readonly waiting = new Map<number, Waiting>();

  /** `other` gets messages that are no replies. */
  constructor(
    private readonly worker: Worker,
    other: (message: unknown) => void = () => undefined,
  ) {
    worker.onmessage = ({ data }: MessageEvent<Reply | Death>) => {
      if ('death' in data) {
        this.die(data.death);
        return;
      }
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
      event.preventDefault();
      this.die(event.message ? { message: `The engine’s worker failed: ${event.message}` } : UNLOADED);
    };
  }

  call(method: string, ...args: unknown[]): Promise<unknown> {
    const id = this.next++;
    const { dead } = this;
    return new Promise((resolve, reject) => {
      // Problems cross as plain objects, and are rejected with as they are.
      const refuse: (reason: unknown) => void = reject;
      if (dead) {
        refuse(dead);
        return;
      }
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, args } satisfies Request);
    });
  }

  /** What it worked at, the oldest call, ends with what went wrong; it did not come to the others. */
  private die(why: Problem): void {
    const [oldest] = this.waiting.keys();
    const culprit = oldest === undefined ? undefined : this.waiting.get(oldest);
    if (oldest !== undefined) this.waiting.delete(oldest);
    this.end(why);
    culprit?.reject(why);
  }

  /** Ends the worker, whatever it is at. */
  end(why: Problem = LOST): void {
    if (this.dead) return;
    this.dead = why;
    this.worker.terminate();
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of lost) reject(LOST);
  }
}

type Methods = Record<string, (...args: never[]) => unknown>;

/**
 * The worker's side: answers calls in the order in which they come. `fatal` says of something that was thrown,
 * here or by a worker that this one has made, whether and why the engine is of no use any more.
 */
export function serve(methods: Methods, fatal: (error: unknown) => Problem | null): void {
  let tail: Promise<unknown> = Promise.resolve();
  self.onmessage = ({ data }: MessageEvent<Request>) => {
    tail = tail.then(async () => {
      try {
        const method = methods[data.method];
        if (!method) throw new Error(`no method ${data.method}`);
        const result = await (method as (...args: unknown[]) => unknown)(...data.args);
        self.postMessage({ id: data.id, result } satisfies Reply);
      } catch (error) {
        const death = fatal(error);
        if (death) self.postMessage({ death } satisfies Death);
        else self.postMessage({ id: data.id, error: plain(error) } satisfies Reply);
      }
    });
  };
  self.addEventListener('error', (event) => {
    event.preventDefault();
    const death = fatal(event.error ?? event.message) ?? { message: `The engine’s worker failed: ${event.message}` };
    self.postMessage({ death } satisfies Death);
  });
}

/** Problems of the engine are plain objects already; an `Error` crosses as one. */
function plain(error: unknown): unknown {
  return error instanceof Error ? { message: error.message } : error;
}
