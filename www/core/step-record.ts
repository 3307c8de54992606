/** One step of a run as a driver delivers it. */

import type { Finding, Rec } from './events';

/** A task that could go on, and the point at which it stands. */
export interface Runnable {
  task: number;
  at: string;
}

/** What a task that could go on would do, as a phrase with marks; it does not give away what goes wrong. */
export interface Hint {
  task: number;
  text: string;
}

/** What one step did, and what could be done after it. */
export interface StepRecord {
  task: number;
  records: Rec[];
  /** Tasks that could run after this step. */
  runnable: Runnable[];
  /** Nothing is left to run. */
  done: boolean;
  /** Findings of this step in the engine's words. */
  findings: Finding[];
  /** The step in words, with marks and with who takes it; empty if there is nothing to tell. */
  text: string;
  /** What a step without words did, in one line; empty for one that has words. */
  did?: string;
  /** Where the stored schedule could not be followed, before this step. */
  parted?: { directive: string; why: string }[];
}
