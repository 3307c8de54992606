/** What two kernels' states differ in at one place of a schedule, in words. */

import type { Joint, Parting } from './compare';
import { ASPECTS, type View } from './contrast-aspects';
import { apply, fold } from './fold';
import type { Namer } from './names';
import type { Scene } from './scene';
import type { StepRecord } from './step-record';

/** One thing of which something else holds on either side, a sentence for each. */
export interface Difference {
  key: string;
  left: string;
  right: string;
  weight: number;
}

/** What the differences are worth that the last stretch has made, and those that concern the acting task. */
const NEW = 100;
const OF_THE_ACTOR = 15;

/** All in which two states differ, what says most first. */
export function differences(left: View, right: View, known: ReadonlySet<string> = new Set()): Difference[] {
  const found: Difference[] = [];
  const actors = [left, right].flatMap(({ scene, names }) => (scene.task === null ? [] : [`*${names.task(scene.task)}*`]));
  for (const { name, weight, statements, otherwise } of ASPECTS) {
    const [ours, theirs] = [new Map(statements(left)), new Map(statements(right))];
    for (const subject of new Set([...ours.keys(), ...theirs.keys()])) {
      const l = ours.get(subject) ?? otherwise(subject, left);
      const r = theirs.get(subject) ?? otherwise(subject, right);
      if (l === r) continue;
      const key = `${name} ${subject}`;
      const acts = actors.some((one) => l.startsWith(one) || r.startsWith(one));
      found.push({ key, left: l, right: r, weight: weight + (known.has(key) ? 0 : NEW) + (acts ? OF_THE_ACTOR : 0) });
    }
  }
  return found.sort((a, b) => b.weight - a.weight);
}

/** One side: its state before the first turn, the turns, and the names. */
export interface Run {
  setup: Scene;
  steps: readonly StepRecord[];
  names: Namer;
}

/** What says most at a parting; nothing where both states are the same behind it. */
export type Contrast = Difference | null;

/** Of each parting what the states behind it differ in, best what they did not differ in before it: both runs are gone through once. */
export function contrasts(left: Run, right: Run, joints: readonly Joint[], partings: readonly Parting[]): Contrast[] {
  const [ours, theirs] = [forwards(left), forwards(right)];
  const at = (position: number): [View, View] => {
    const joint = joints[position] ?? { left: 0, right: 0 };
    return [ours(joint.left), theirs(joint.right)];
  };
  return partings.map(({ from, to }) => {
    const known = new Set(differences(...at(from)).map((one) => one.key));
    return differences(...at(to), known)[0] ?? null;
  });
}

/** The state after so many turns; each time as many as before, or more. */
function forwards({ setup, steps, names }: Run): (turns: number) => View {
  const scene = fold([], setup);
  let taken = 0;
  return (turns) => {
    for (; taken < turns; taken++) for (const rec of steps[taken]?.records ?? []) apply(scene, rec);
    return { scene, names };
  };
}
