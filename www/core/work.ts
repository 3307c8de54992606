/** What the engine is doing, for the reader who waits. */

import { count } from './search';

/** How far the engine is with a set-up or a run: turns taken, and of how many, where that is known. */
export interface Progress {
  doing: 'set-up' | 'run';
  turns: number;
  of: number | null;
}

export interface Work {
  /** What was asked for: “Opening the link”. */
  what: string;
  progress: Progress | null;
}

/** Milliseconds after which something is worth a word: what is over sooner only flickers. */
export const PATIENCE = 250;

/** Milliseconds that a request is left to end by itself when a newer one has been made. */
export const GRACE = 300;

export function progressText(progress: Progress | null): string {
  if (!progress) return '';
  const { doing, turns, of } = progress;
  const what = doing === 'set-up' ? 'Setting up' : 'Playing the schedule';
  return `${what}: ${count(turns)}${of === null ? ' turns' : ` of ${count(of)}`}`;
}
