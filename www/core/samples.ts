/** What a replay was at over time: samples of its counts, as columns that a chart takes. */

import type { Counts } from './counts';

export const SERIES = [
  { name: 'page faults', of: 'faults' },
  { name: 'address spaces', of: 'spaces' },
  { name: 'frames in use', of: 'frames' },
] as const satisfies readonly { name: string; of: keyof Counts }[];

/** Seconds between two samples at first; half of them go whenever there are too many. */
const APART = 0.05;
const MOST = 600;

export class Samples {
  private seconds: number[] = [];
  private values: number[][] = SERIES.map(() => []);
  private apart = APART;

  get length(): number {
    return this.seconds.length;
  }

  /** Takes a sample unless the last one is too near; `last` is taken in any case. */
  take(seconds: number, counts: Counts, last = false): boolean {
    const before = this.seconds.at(-1);
    if (!last && before !== undefined && seconds - before < this.apart) return false;
    if (before !== undefined && seconds <= before) this.drop();
    this.seconds.push(seconds);
    SERIES.forEach(({ of }, nth) => this.values[nth]?.push(counts[of]));
    if (this.seconds.length > MOST) this.thin();
    return true;
  }

  private drop(): void {
    this.seconds.pop();
    for (const values of this.values) values.pop();
  }

  private thin(): void {
    const every = (one: number[]): number[] => one.filter((_, nth) => nth % 2 === 0);
    [this.seconds, this.values, this.apart] = [every(this.seconds), this.values.map(every), this.apart * 2];
  }

  /** Seconds, and a series by its number. */
  column(nth: number): [number[], number[]] {
    return [this.seconds, this.values[nth] ?? []];
  }

  /** The largest value of a series so far. */
  peak(nth: number): number {
    return (this.values[nth] ?? []).reduce((most, one) => Math.max(most, one), 0);
  }
}
