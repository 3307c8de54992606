/**
 * Two kernels on one schedule, in step: turns of which both have the same are taken
 * together, and where they part both sides say in their own words what they do.
 */

import { diffArrays } from 'diff';
import type { StepRecord } from './step-record';

/** Positions of both sides. */
export interface Joint {
  left: number;
  right: number;
}

/** A stretch in which the sides do different things. */
export interface Parting {
  /** Joint positions: after `from` steps they differ, up to `to`. */
  from: number;
  to: number;
  /** What each does there; empty if it does nothing meanwhile. */
  left: string;
  right: string;
  /** Something goes wrong on this side. */
  wrong: { left: boolean; right: boolean };
}

/** A turn by what another kernel can have in common with it: who, and at which point. */
function token(step: StepRecord): string {
  const point = step.records.find((rec) => rec.kind === 'point');
  return `${step.task} ${point?.kind === 'point' ? point.at : ''}`;
}

/** Steps in which two runs may differ before no order is looked for any longer: the search takes their square. */
const MOST = 1_000;

/**
 * All joint positions, from the beginning on: the longest common run of turns (Myers, 1986), and the others beside each
 * other. Runs that have next to nothing in common are taken together as far as both begin alike, and then one after
 * the other.
 */
export function align(left: readonly StepRecord[], right: readonly StepRecord[]): Joint[] {
  const [a, b] = [left.map(token), right.map(token)];
  const joints: Joint[] = [{ left: 0, right: 0 }];
  let [l, r] = [0, 0];
  const go = (count: number, byLeft: number, byRight: number): void => {
    for (let nth = 0; nth < count; nth++) joints.push({ left: (l += byLeft), right: (r += byRight) });
  };
  // What both begin with needs no search.
  while (l < a.length && r < b.length && a[l] === b[r]) go(1, 1, 1);
  const changes = diffArrays(a.slice(l), b.slice(r), { maxEditLength: MOST });
  if (!changes) {
    go(a.length - l, 1, 0);
    go(b.length - r, 0, 1);
  } else for (const { count, removed, added } of changes) go(count, added ? 0 : 1, removed ? 0 : 1);
  return joints;
}

export interface Side {
  steps: readonly StepRecord[];
}

const wrong = (steps: readonly StepRecord[], from: number, to: number): boolean =>
  steps.slice(from, to).some((step) => step.records.some((rec) => rec.kind === 'found'));

/** What a story would say of a step. */
const worth = (step: StepRecord | undefined): string => (step && !step.quiet ? step.text : '');

/** Where two sides part, stretch by stretch; turns with nothing to tell part nothing. */
export function partings(left: Side, right: Side, joints: readonly Joint[]): Parting[] {
  const found: (Parting & { task: number | undefined })[] = [];
  for (let at = 1; at < joints.length; at++) {
    const [before, after] = [joints[at - 1], joints[at]];
    if (!before || !after) continue;
    const l = before.left < after.left ? worth(left.steps[before.left]) : '';
    const r = before.right < after.right ? worth(right.steps[before.right]) : '';
    if (l === r) continue;
    const task = (before.left < after.left ? left.steps[before.left] : right.steps[before.right])?.task;
    const bad = {
      left: wrong(left.steps, before.left, after.left),
      right: wrong(right.steps, before.right, after.right),
    };
    const last = found.at(-1);
    if (last?.to === at - 1 && last.task === task) {
      last.to = at;
      last.left = join(last.left, l);
      last.right = join(last.right, r);
      last.wrong = { left: last.wrong.left || bad.left, right: last.wrong.right || bad.right };
    } else found.push({ from: at - 1, to: at, left: l, right: r, wrong: bad, task });
  }
  return found.map(({ task: _, ...parting }) => parting);
}

/**
 * The partings that tell the story: the first, the first at which both do something and it is not the same, and all that
 * go wrong. The others follow from these.
 */
export function foremost(all: readonly Parting[]): Parting[] {
  const differ = all.find((one) => one.left !== '' && one.right !== '');
  return all.filter((one, nth) => nth === 0 || one === differ || one.wrong.left || one.wrong.right);
}

const join = (one: string, other: string): string => [one, other].filter(Boolean).join(' ');
