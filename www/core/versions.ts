/** The texts of a scenario that have been played, so that a change can be taken back. */

export class Versions {
  private readonly past: string[];

  constructor(first: string) {
    this.past = [first];
  }

  /** What runs now. */
  get present(): string {
    return this.past.at(-1) ?? '';
  }

  /** A text has been played. */
  run(text: string): void {
    if (text !== this.present) this.past.push(text);
  }

  canUndo(text: string): boolean {
    return text !== this.past[0];
  }

  /** What `text` was before: the text that runs, or, if it is that, the one that ran before it. */
  undo(text: string): string {
    const at = this.past.lastIndexOf(text);
    if (at < 0) return this.present;
    return this.past[Math.max(0, at - 1)] ?? text;
  }
}
