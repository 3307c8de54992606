/** One step of a run as a driver delivers it. */

export type { Hint, Runnable, StepRecord } from './generated/types';
