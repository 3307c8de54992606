/** The run in time: a lane for each task, with what it slept on, held and made busy, and who woke whom. */

import type { StepRecord } from './step-record';
import type { Mode } from './events';
import { apply, fold } from './fold';
import { SET_UP, type Namer } from './names';
import type { Scene, Task } from './scene';

/** Positions `from` to `to`, and what it is about, in words with marks. */
export interface Span {
  from: number;
  to: number;
  text: string;
}

/** A lock that is held; `track` keeps apart what one task holds at the same time. */
export interface Hold extends Span {
  mode: Mode;
  track: number;
}

export interface Lane {
  task: number;
  asleep: Span[];
  /** Pages that the task holds exclusively busy; several at once are one span. */
  busy: Span[];
  locks: Hold[];
  findings: number[];
}

/** At the turn `at` the task `by` made `task` runnable. */
export interface Wake {
  at: number;
  by: number;
  task: number;
}

export interface Lanes {
  lanes: Lane[];
  wakes: Wake[];
}

export function lanes(setup: Scene, steps: readonly StepRecord[], namer: Namer): Lanes {
  const scene = fold([], setup);
  const found = new Map<number, Lane>();
  const wakes: Wake[] = [];
  const lane = (task: number): Lane => {
    let one = found.get(task);
    if (!one) {
      one = { task, asleep: [], busy: [], locks: [], findings: [] };
      found.set(task, one);
    }
    return one;
  };
  // All tasks of the scenario, at once: a lane that came later would move the others.
  for (const { id } of namer.names.tasks) if (id !== SET_UP) lane(id);
  steps.forEach((step, at) => {
    lane(step.task);
    for (const rec of step.records) {
      apply(scene, rec);
      if (rec.kind === 'wakeup') wakes.push(...scene.woken.map((task) => ({ at, by: rec.task, task })));
      if (rec.kind === 'found') lane(rec.task).findings.push(at);
    }
    for (const one of scene.tasks.values()) {
      // The set-up has no lane.
      const known = found.get(one.id);
      if (known) during(known, one, at, scene, namer);
    }
  });
  const order = new Map(namer.names.tasks.map(({ id }, nth) => [id, nth]));
  const nth = ({ task }: Lane): number => order.get(task) ?? order.size;
  return { lanes: [...found.values()].sort((a, b) => nth(a) - nth(b)), wakes };
}

/** What holds for a task from the turn `at` to the next. */
function during(lane: Lane, task: Task, at: number, scene: Scene, namer: Namer): void {
  if (task.waits) extend(lane.asleep, at, `asleep on ${task.waits.words}`);
  const pages = [...scene.frames.values()]
    .filter((frame) => frame.use !== 'free' && frame.busy.busy === 'exclusive' && frame.busy.owner === task.id)
    .map((frame) => namer.page(frame));
  if (pages.length > 0) extend(lane.busy, at, `${pages.join(', ')} busy`);
  const taken = new Set<number>();
  for (const { words, mode } of task.holds) hold(lane.locks, at, `lock of ${words}`, mode, taken);
}

function extend(spans: Span[], at: number, text: string): void {
  const last = spans.at(-1);
  if (last?.to === at && last.text === text) last.to = at + 1;
  else spans.push({ from: at, to: at + 1, text });
}

/** A lock that is still held keeps its track; a new one takes the first that is free. */
function hold(locks: Hold[], at: number, text: string, mode: Mode, taken: Set<number>): void {
  const known = locks.find((one) => one.to === at && one.text === text && one.mode === mode);
  if (known) {
    known.to = at + 1;
    taken.add(known.track);
    return;
  }
  const busy = new Set([...taken, ...locks.filter((one) => one.to > at).map((one) => one.track)]);
  let track = 0;
  while (busy.has(track)) track++;
  taken.add(track);
  locks.push({ from: at, to: at + 1, text, mode, track });
}

/** What the lanes show at a position, in words. */
export function laneText({ lanes: all }: Lanes, position: number, namer: Namer): string {
  const now = (span: Span): boolean => span.from < position && position <= span.to;
  return all
    .flatMap((lane) => {
      const said = [...lane.asleep, ...lane.busy, ...lane.locks].filter(now).map((span) => span.text.replace(/[*`]/g, ''));
      return said.length > 0 ? [`${namer.task(lane.task)}: ${said.join(', ')}`] : [];
    })
    .join('; ');
}

export const tracks = (lane: Lane): number => Math.max(0, ...lane.locks.map((one) => one.track + 1));
