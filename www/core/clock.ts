/** What runs things later: the browser's timers, or a test's own. */
export interface Clock {
  /** Runs it after so many milliseconds; returns what `clear` takes. */
  set(ms: number, run: () => void): unknown;
  clear(handle: unknown): void;
}
