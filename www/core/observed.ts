/** Something that says when it has changed. */
export class Observed {
  private readonly listeners = new Set<() => void>();

  /** Calls `listener` at every change; returns what ends that. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  protected tell(): void {
    for (const listener of this.listeners) listener();
  }
}
