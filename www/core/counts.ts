/** The counts of a replay: words that the engine keeps in linear memory, in the order of `trace/progress.rs`. */

export const WORDS = [
  'events',
  'eventsInAll',
  'faults',
  'soft',
  'zeroFill',
  'cowCopy',
  'cowRename',
  'pager',
  'protection',
  'collapses',
  'bypasses',
  'renamesInCollapse',
  'splits',
  'maxChain',
  'frames',
  'framesInAll',
  'objects',
  'spaces',
  'findings',
  'checks',
  'done',
] as const;

export type Counts = Record<(typeof WORDS)[number], number> & {
  /** Faults by length of their chain: 1, 2, … 15, 16 and more. */
  chains: number[];
};

export const CHAINS = 16;

/** Reads the counts out of a view. They change while they are read: a count is a moment's, not all of them one moment's. */
export function readCounts(words: ArrayLike<number>): Counts {
  const counts = Object.fromEntries(WORDS.map((name, nth) => [name, words[nth] ?? 0])) as unknown as Counts;
  counts.chains = Array.from({ length: CHAINS }, (_, nth) => words[WORDS.length + nth] ?? 0);
  return counts;
}

export const noCounts: Counts = readCounts([]);

/** What a replay came to. */
export type { RecordingReport as Report } from './generated/types';

/** Thousands apart, as people write numbers. */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** A part of a whole: `12 %`, `0.3 %`. */
export function percent(part: number, whole: number): string {
  const share = whole > 0 ? (part / whole) * 100 : 0;
  if (share > 0 && share < 0.1) return '< 0.1 %';
  return `${share.toFixed(share < 10 && share > 0 ? 1 : 0)} %`;
}

/** Heights of the bars, 0 to 1, on a scale that shows one among a million. */
export function bars(chains: readonly number[]): number[] {
  const most = Math.max(1, ...chains);
  return chains.map((count) => (count === 0 ? 0 : 0.04 + (0.96 * Math.log1p(count)) / Math.log1p(most)));
}
