/** The beats of a run: the steps that say or show something. Between them the kernel takes locks and passes points. */

import { dwell, SILENT } from './motion';
import { matters, type Slice } from './slice';
import type { StepRecord } from './step-record';
import type { Paragraph } from './story';

/** Steps at most that one command passes over in search of a beat: a task that spins in silence is shown spinning. */
export const LONGEST_SILENCE = 200;

/** The step says something, finds something, or changes what is drawn. */
export const isBeat = (step: StepRecord): boolean => !step.quiet || step.findings.length > 0 || dwell(step.records) > SILENT;

/** Position after the last beat before the one that ends at `position`; the start where there is none. */
export function previousBeat({ steps, position, slice }: { steps: readonly StepRecord[]; position: number; slice: Slice | null }): number {
  return steps.slice(0, Math.max(0, position - 1)).findLastIndex((step, nth) => isBeat(step) && matters(slice, nth)) + 1;
}

/** How many beats there are up to each position: `counts[n]` of them in the first `n` steps. */
function beatCounts(steps: readonly StepRecord[]): number[] {
  const counts = [0];
  for (const step of steps) counts.push((counts.at(-1) ?? 0) + (isBeat(step) ? 1 : 0));
  return counts;
}

/** A place on the scrubber: a stretch of the story begins, something is found, a stored schedule could not be followed. */
export interface Mark {
  at: number;
  kind: 'stretch' | 'finding' | 'parting';
}

/** All marks of a run in order of position, each position with the one that matters most. */
function marks(steps: readonly StepRecord[], narration: readonly Paragraph[]): Mark[] {
  const at = new Map<number, Mark>();
  for (const { sentences } of narration) {
    const [first] = sentences;
    if (first) at.set(first.at + 1, { at: first.at + 1, kind: 'stretch' });
  }
  steps.forEach((step, nth) => {
    if ((step.parted ?? []).length > 0) at.set(nth + 1, { at: nth + 1, kind: 'parting' });
    if (step.findings.length > 0) at.set(nth + 1, { at: nth + 1, kind: 'finding' });
  });
  return [...at.values()].filter((mark) => mark.at <= steps.length).sort((a, b) => a.at - b.at);
}

/** What the transport shows of a whole run. */
export interface Score {
  marks: Mark[];
  /** `beats[n]` is the number of beats in the first `n` steps. */
  beats: number[];
}

/** Of each run that is known the score, with the narration it was made with: made once, however often it is asked for. */
const scores = new WeakMap<readonly StepRecord[], Score & { narration: readonly Paragraph[] }>();

export function score(steps: readonly StepRecord[], narration: readonly Paragraph[]): Score {
  const known = scores.get(steps);
  if (known?.narration === narration) return known;
  const made = { narration, marks: marks(steps, narration), beats: beatCounts(steps) };
  scores.set(steps, made);
  return made;
}
