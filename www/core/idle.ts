/**
 * Idle stretches of a run: steps that say nothing, and those that say again what was said just before, but for names and
 * values. They may play faster, as long silences do in a recording of a terminal. A finding is never idle.
 */

import { isBeat } from './beats';
import { dwell } from './motion';
import type { StepRecord } from './step-record';
import type { Paragraph } from './story';

/** How many times as fast idle steps play. */
export const FASTER = 8;

/** What a sentence says without what it is about: names, code and numbers are left out. */
export const shape = (text: string): string => text.replace(/[*`][^*`]*[*`]/g, '·').replace(/\b[a-z]\d+\b|\b[A-Z][\w+]*/g, '·').replace(/\d+/g, '#');

/** The narrator itself says that a stretch repeats the one before it. */
const REPEATS = /^does the same (?:at|again)\b/;

const repeats = (paragraph: Paragraph): boolean => paragraph.sentences.length > 0 && paragraph.sentences.every(({ text }) => REPEATS.test(text.replace(/^\*[^*]*\*\s*/, '')));

const found = new WeakMap<readonly StepRecord[], { narration: readonly Paragraph[]; idle: boolean[] }>();

/** Of each step whether it is idle; made once for a run. */
export function idle(steps: readonly StepRecord[], narration: readonly Paragraph[]): readonly boolean[] {
  const known = found.get(steps);
  if (known?.narration === narration) return known.idle;
  const again = new Array<boolean>(steps.length).fill(false);
  for (const paragraph of narration.filter(repeats)) again.fill(true, paragraph.from, paragraph.to);
  let last = '';
  const all = steps.map((step, nth) => {
    const said = step.quiet ? '' : shape(step.text);
    const same = said !== '' && said === last;
    if (said !== '') last = said;
    return step.findings.length === 0 && (same || again[nth] === true || !isBeat(step));
  });
  found.set(steps, { narration, idle: all });
  return all;
}

/** What the pace depends on. */
interface Playing {
  steps: readonly StepRecord[];
  narration: readonly Paragraph[];
  position: number;
  skipIdle: boolean;
}

/** Milliseconds for which the step that was taken last stays on the screen. */
export function pace({ steps, narration, position, skipIdle }: Playing): number {
  const ms = dwell(steps[position - 1]?.records ?? []);
  return skipIdle && idle(steps, narration)[position - 1] === true ? ms / FASTER : ms;
}
