/**
 * A run as a trace for Perfetto or chrome://tracing, in the Trace Event Format: tasks are threads, their operations and
 * waits slices, wakeups flows, findings and steps instants; resident pages, objects and processes are counters. A step
 * takes a millisecond of the trace, for it has no time of its own; what happens in it happens in the order of its events.
 */

import { apply, fold } from './fold';
import type { Namer } from './names';
import { plain } from './story';
import type { Scene } from './scene';
import type { StepRecord } from './step-record';

interface Common {
  name: string;
  cat?: string;
  pid: number;
  tid: number;
  args?: Record<string, string | number>;
}

export type TraceEvent = Common &
  (
    | { ph: 'X'; ts: number; dur: number }
    | { ph: 'i'; ts: number; s: 't' | 'g' }
    | { ph: 'C'; ts: number }
    | { ph: 's'; ts: number; id: number }
    | { ph: 'f'; ts: number; id: number; bp: 'e' }
    | { ph: 'M' }
  );

export interface Trace {
  traceEvents: TraceEvent[];
  displayTimeUnit: 'ms';
  otherData: Record<string, string>;
}

/** Microseconds that a step takes. */
const STEP = 1000;
const PID = 1;

interface Run {
  scenario: string;
  policy: string;
  setup: Scene;
  steps: readonly StepRecord[];
  names: Namer;
}

/** A slice that has begun. */
interface Open {
  name: string;
  ts: number;
}

export function trace({ scenario, policy, setup, steps, names }: Run): Trace {
  const scene = fold([], setup);
  const events: TraceEvent[] = [];
  const operations = new Map<number, Open>();
  const waits = new Map<number, Open>();
  const seen = new Set<number>();
  let flows = 0;
  const end = (open: Map<number, Open>, tid: number, cat: string, ts: number): void => {
    const one = open.get(tid);
    if (one) events.push({ ph: 'X', name: one.name, cat, pid: PID, tid, ts: one.ts, dur: ts - one.ts });
    open.delete(tid);
  };
  const counts = counters(events);
  counts(scene, 0);
  steps.forEach((step, nth) => {
    seen.add(step.task);
    step.records.forEach((rec, at) => {
      const ts = nth * STEP + Math.round((STEP * (at + 1)) / (step.records.length + 1));
      const tid = rec.task;
      seen.add(tid);
      apply(scene, rec);
      if (rec.kind === 'op_start') {
        end(operations, tid, 'operation', ts);
        operations.set(tid, { name: names.operation(tid, rec.op) ?? `operation ${rec.op + 1}`, ts });
      }
      if (rec.kind === 'sleep') {
        // A wait belongs to an operation: where the run began within one, that is what it began with.
        if (!operations.has(tid)) operations.set(tid, { name: 'under way', ts: nth * STEP });
        waits.set(tid, { name: plain(`asleep on ${scene.tasks.get(tid)?.waits?.words ?? 'something'}`), ts });
      }
      if (rec.kind === 'wakeup') {
        for (const woken of scene.woken) {
          if (!waits.has(woken) || !operations.has(tid)) continue;
          const id = ++flows;
          events.push({ ph: 's', name: 'wakeup', cat: 'wakeup', pid: PID, tid, ts, id });
          events.push({ ph: 'f', name: 'wakeup', cat: 'wakeup', pid: PID, tid: woken, ts, id, bp: 'e' });
        }
      }
      if (rec.kind === 'found') events.push({ ph: 'i', name: rec.finding, cat: 'finding', pid: PID, tid, ts, s: 'g', args: { step: nth + 1 } });
      for (const asleep of [...waits.keys()]) if (!scene.tasks.get(asleep)?.waits) end(waits, asleep, 'wait', ts);
      if (rec.kind === 'op_end') end(operations, tid, 'operation', ts);
      counts(scene, ts);
    });
    // Where the task stands when its step is over; one that has ended or is asleep stands nowhere.
    const stands = step.runnable.find((one) => one.task === step.task)?.at;
    if (stands !== undefined) events.push({ ph: 'i', name: stands, cat: 'step', pid: PID, tid: step.task, ts: (nth + 1) * STEP, s: 't', args: { step: nth + 1 } });
  });
  const over = steps.length * STEP;
  for (const tid of [...waits.keys()]) end(waits, tid, 'wait', over);
  for (const tid of [...operations.keys()]) end(operations, tid, 'operation', over);
  return {
    traceEvents: [...threads([...seen], scenario, policy, names), ...events.sort(inTime)],
    displayTimeUnit: 'ms',
    otherData: { scenario, policy, unit: 'one step of the scheduler is one millisecond' },
  };
}

/** In order of time; of slices that begin together the longer one comes first, since it encloses the other. */
function inTime(a: TraceEvent, b: TraceEvent): number {
  const [at, bt] = [a.ph === 'M' ? 0 : a.ts, b.ph === 'M' ? 0 : b.ts];
  return at - bt || (b.ph === 'X' ? b.dur : 0) - (a.ph === 'X' ? a.dur : 0);
}

function threads(tasks: number[], scenario: string, policy: string, names: Namer): TraceEvent[] {
  const order = new Map(names.names.tasks.map(({ id }, nth) => [id, nth]));
  return [
    { ph: 'M', name: 'process_name', pid: PID, tid: 0, args: { name: `${scenario} under ${policy}` } },
    ...tasks.flatMap((tid): TraceEvent[] => [
      { ph: 'M', name: 'thread_name', pid: PID, tid, args: { name: names.task(tid) } },
      { ph: 'M', name: 'thread_sort_index', pid: PID, tid, args: { sort_index: order.get(tid) ?? order.size } },
    ]),
  ];
}

/** Writes what has changed of what is counted. */
function counters(events: TraceEvent[]): (scene: Scene, ts: number) => void {
  const last = new Map<string, number>();
  return (scene, ts) => {
    const now: Record<string, number> = {
      'resident pages': [...scene.frames.values()].filter((one) => one.use === 'page').length,
      objects: scene.objects.size,
      processes: [...scene.processes.values()].filter((one) => !one.exited).length,
    };
    for (const [name, count] of Object.entries(now)) {
      if (last.get(name) === count) continue;
      last.set(name, count);
      events.push({ ph: 'C', name, pid: PID, tid: 0, ts, args: { count } });
    }
  };
}
