/** One step of a run as a driver delivers it. */

import type * as generated from './generated/types';

export type { Hint, Runnable } from './generated/types';

export interface StepRecord extends generated.StepRecord {
  /** What a step without words did, in one line; empty for one that has words. */
  did?: string;
}
