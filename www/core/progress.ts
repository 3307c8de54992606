/** How far a reader has come with the levels: kept by the browser where it lets the page, and else until the page is left. */

export interface Done {
  /** The fewest preemptions with which the aim was reached. */
  best: number;
  /** It has been proven that the fix leaves no way. */
  proven: boolean;
}

type Store = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'faultline-levels';

export class Progress {
  private readonly done: Map<string, Done>;

  /** `store` may be refused, or refuse. */
  constructor(private readonly store: () => Store) {
    this.done = new Map(Object.entries(this.read()));
  }

  private read(): Record<string, Done> {
    try {
      const stored: unknown = JSON.parse(this.store().getItem(KEY) ?? '{}');
      if (typeof stored !== 'object' || stored === null) return {};
      return Object.fromEntries(Object.entries(stored).filter((one): one is [string, Done] => isDone(one[1])));
    } catch {
      return {};
    }
  }

  of(level: string): Done | null {
    return this.done.get(level) ?? null;
  }

  reached(level: string, preemptions: number): void {
    const { best = Infinity, proven = false } = this.of(level) ?? {};
    this.set(level, { best: Math.min(best, preemptions), proven });
  }

  proven(level: string): void {
    const before = this.of(level);
    if (before) this.set(level, { ...before, proven: true });
  }

  private set(level: string, done: Done): void {
    this.done.set(level, done);
    try {
      this.store().setItem(KEY, JSON.stringify(Object.fromEntries(this.done)));
    } catch {
      // It is known until the page is left.
    }
  }
}

function isDone(one: unknown): one is Done {
  const { best, proven } = (one ?? {}) as Partial<Record<keyof Done, unknown>>;
  return typeof best === 'number' && typeof proven === 'boolean';
}
