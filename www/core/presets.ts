/** Which two kernels are before and after, and the schedule that both follow. */

import type { Catalog } from '../drivers/driver';
import type { Player } from './player';
import { directives, withSchedule } from './directives';
import { switchesOf } from './policy';

/** The switch that holds the source page busy: the fix of D23155. */
const FIX = 'P01';
const BEFORE = '2019-12';
/** The kernel with that fix and nothing else after it. */
export const AFTER = '2020-01-fixed';

/** A changed kernel stands before the one it was made from; else the fix is what lies between. */
export function beforeAndAfter(catalog: Catalog, policy: string): { left: string; right: string } {
  const [base = ''] = policy.split(',');
  if (policy !== base) return { left: policy, right: base };
  return switchesOf(catalog, policy).has(FIX) ? { left: BEFORE, right: policy } : { left: policy, right: AFTER };
}

/** The kernel on which what this one breaks should be fixed: the fix, or else the newest; none after that. */
export function fixedPreset(catalog: Catalog, policy: string): string | null {
  if (!switchesOf(catalog, policy).has(FIX)) return AFTER;
  const newest = catalog.presets.at(-1)?.name;
  return newest === undefined || newest === policy ? null : newest;
}

/** The scenario with the schedule that is on the screen. Manual operations are in no scenario. */
export function shownText(player: Player): string {
  const { steps, names, source: text } = player;
  const byHand = steps.some((step) => names.task(step.task).endsWith('+'));
  return player.isStored || byHand || steps.length === 0 ? text : withSchedule(text, directives(steps, names));
}
