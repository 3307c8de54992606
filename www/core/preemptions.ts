/** How often a run leaves a task that could have gone on: what a search has the fewest of. */

import type { StepRecord } from './step-record';

/** Whether the step after `before` is one, if `task` takes it. */
const isPreemption = (before: StepRecord | undefined, task: number): boolean =>
  before !== undefined && before.task !== task && before.runnable.some((one) => one.task === before.task);

/** The preemptions among the first so many steps of a run. */
export function preemptions(steps: readonly StepRecord[], position: number): number {
  return steps.slice(0, position).filter(({ task }, nth) => isPreemption(steps[nth - 1], task)).length;
}
