/** Texts that were changed and not played: kept until they are, or are discarded. */

export class Drafts {
  private readonly kept = new Map<string, string>();

  /** Keeps what `source` was changed to; nothing where that is itself. */
  keep(source: string, text: string): void {
    if (text === source) this.kept.delete(source);
    else this.kept.set(source, text);
  }

  of(source: string): string | null {
    return this.kept.get(source) ?? null;
  }

  discard(source: string): void {
    this.kept.delete(source);
  }
}
