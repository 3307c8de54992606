/** The moment of a run that says most about it, for a thumbnail. */

import type { StepRecord } from './step-record';
import type { Rec } from './events';

/** What a reader would stop at; the higher, the more it says. */
const WEIGHT: Partial<Record<Rec['kind'], number>> = {
  page_copy: 1,
  page_rename: 2,
  split: 3,
  collapse_refused: 4,
  collapsed: 5,
  bypass: 5,
};

/** The position right after what matters: the first finding, else the last change of a chain, else the end. */
export function moment(steps: readonly StepRecord[]): number {
  let best = { weight: 0, at: steps.length };
  for (const [nth, { records }] of steps.entries()) {
    if (records.some((rec) => rec.kind === 'found')) return nth + 1;
    const weight = Math.max(0, ...records.map((rec) => WEIGHT[rec.kind] ?? 0));
    if (weight > 0 && weight >= best.weight) best = { weight, at: nth + 1 };
  }
  return best.at;
}
