/**
 * A run as a stored schedule: what one kernel did, said so that another can follow it
 * as far as it goes. `TASK until STEP`, one line for each stretch of one task.
 */

import type { StepRecord } from './step-record';
import type { Namer } from './names';

/** The lines of a schedule that leads through these turns. */
export function directives(steps: readonly StepRecord[], namer: Namer): string[] {
  const lines: string[] = [];
  for (let from = 0; from < steps.length; ) {
    const task = steps[from]?.task;
    let to = from + 1;
    while (steps[to]?.task === task) to++;
    if (task !== undefined) lines.push(`${namer.task(task)} until ${until(steps.slice(from, to), task, steps.slice(to))}`);
    from = to;
  }
  return lines;
}

/** Where a stretch stops: before a step, the n-th time it comes to it, or asleep, or at the end. */
function until(stretch: readonly StepRecord[], task: number, after: readonly StepRecord[]): string {
  const labels = stretch.map((step) => step.runnable.find((one) => one.task === task)?.at);
  const last = labels.at(-1);
  // Who cannot go on now but does so later waits for something.
  const waits = (): boolean => stretch.at(-1)?.records.some((rec) => rec.kind === 'sleep') === true || after.some((step) => step.task === task);
  if (last === undefined) return waits() ? 'blocked' : 'end';
  const nth = labels.filter((label) => label === last).length;
  return nth > 1 ? `${last} #${nth}` : last;
}

/** These lines as the section of a scenario. */
export const scheduleText = (lines: readonly string[], name = 'shown'): string => `schedule ${name} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;

/** A scenario with a schedule that is followed before any other it has. */
export function withSchedule(text: string, lines: readonly string[]): string {
  const schedule = scheduleText(lines);
  const first = /^schedule\b/m.exec(text);
  const at = first?.index ?? text.length;
  return `${text.slice(0, at)}${at > 0 && text[at - 1] !== '\n' ? '\n' : ''}${schedule}\n${text.slice(at)}`;
}
