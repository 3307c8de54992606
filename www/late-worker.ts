/** A worker that is made when it is first asked, or when it is told to begin. */

export class LateWorker {
  private worker: Worker | null = null;
  private heard: Worker['onmessage'] = null;
  private failed: Worker['onerror'] = null;
  private ended = false;

  private constructor(private readonly make: () => Worker) {}

  /** As the page's drivers use one: they send, listen, and end it. */
  static of(make: () => Worker): { worker: Worker; begin: () => void } {
    const late = new LateWorker(make);
    return { worker: late as unknown as Worker, begin: () => void late.begun() };
  }

  set onmessage(listener: Worker['onmessage']) {
    this.heard = listener;
    if (this.worker) this.worker.onmessage = listener;
  }

  set onerror(listener: Worker['onerror']) {
    this.failed = listener;
    if (this.worker) this.worker.onerror = listener;
  }

  private begun(): Worker | null {
    if (this.worker || this.ended) return this.worker;
    this.worker = this.make();
    this.worker.onmessage = this.heard;
    this.worker.onerror = this.failed;
    return this.worker;
  }

  postMessage(message: unknown): void {
    this.begun()?.postMessage(message);
  }

  terminate(): void {
    this.ended = true;
    this.worker?.terminate();
  }
}
