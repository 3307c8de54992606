import { describe, expect, it } from 'vitest';
import { opened } from '../build/testing';
import { directives, scheduleText, withSchedule } from './directives';
import { fileName } from './file-name';
import type { Player } from './player';
import { trace, type Trace, type TraceEvent } from './trace-export';

const RUNS = [
  ['t3-story', '2019-12'],
  ['t3', '2020-01-fixed'],
  ['g6', 'main'],
  ['lost-wakeup', 'main,+P18'],
  ['deadlock', 'main,+P17'],
] as const;

type Slice = Extract<TraceEvent, { ph: 'X' }>;

/** What the format demands of a trace; each complaint names the event. */
function complaints({ traceEvents }: Trace): string[] {
  const wrong: string[] = [];
  const said = (event: TraceEvent, what: string): number => wrong.push(`${what}: ${JSON.stringify(event)}`);
  for (const event of traceEvents) {
    if (event.name === '' || !Number.isInteger(event.pid) || !Number.isInteger(event.tid)) said(event, 'no name, process or thread');
    if (event.ph !== 'M' && !(event.ts >= 0)) said(event, 'no time');
    if (event.ph === 'X' && !(event.dur >= 0)) said(event, 'no duration');
    if (event.ph === 'C' && Object.values(event.args ?? {}).some((one) => typeof one !== 'number')) said(event, 'a counter that is no number');
  }
  const slices = traceEvents.filter((one): one is Slice => one.ph === 'X');
  for (const a of slices) {
    for (const b of slices) {
      if (a === b || a.tid !== b.tid || a.ts > b.ts) continue;
      const inside = b.ts + b.dur <= a.ts + a.dur;
      const behind = b.ts >= a.ts + a.dur;
      if (!inside && !behind && a.ts !== b.ts) said(b, 'overlaps another slice of its thread');
    }
  }
  const encloses = (event: { tid: number; ts: number }): boolean => slices.some((one) => one.tid === event.tid && one.ts <= event.ts && event.ts <= one.ts + one.dur);
  for (const event of traceEvents) {
    if (event.ph !== 's' && event.ph !== 'f') continue;
    if (!encloses(event)) said(event, 'a flow that is in no slice');
    const others = traceEvents.filter((one) => one.ph === (event.ph === 's' ? 'f' : 's') && one.id === event.id);
    if (others.length !== 1) said(event, 'a flow without its other end');
  }
  return wrong;
}

const traced = ({ scenario, policy, setup, steps, names }: Player): Trace => trace({ scenario, policy, setup, steps, names });

describe('a run as a trace', { timeout: 60_000 }, () => {
  it('keeps to the format, in runs that end, wait for ever, or lose a wakeup', async () => {
    for (const [name, policy] of RUNS) {
      const made = JSON.parse(JSON.stringify(traced(await opened(name, policy)))) as Trace;
      expect(complaints(made)).toEqual([]);
      expect(made.traceEvents.length).toBeGreaterThan(10);
    }
  });

  it('is refused by that check where it breaks the format', () => {
    const slice = (ts: number, dur: number): TraceEvent => ({ ph: 'X', name: 'a', pid: 1, tid: 1, ts, dur });
    const broken: Trace = { traceEvents: [slice(0, 10), slice(5, 10), { ph: 's', name: 'w', pid: 1, tid: 2, ts: 1, id: 1 }], displayTimeUnit: 'ms', otherData: {} };
    expect(complaints(broken)).toHaveLength(3);
  });

  it('has a thread for each task, each of its operations, who wakes whom, and the counts', async () => {
    const player = await opened('t3-story', '2019-12');
    const { traceEvents } = traced(player);
    const named = traceEvents.filter((one) => one.name === 'thread_name').map((one) => one.args?.name);
    expect(named).toEqual(expect.arrayContaining(['A1', 'B1', 'A2', 'B2', 'G', 'H']));
    const tid = player.names.names.tasks.find((one) => one.name === 'B1')?.id;
    const program = player.names.names.tasks.find((one) => one.name === 'B1')?.program.map((one) => one.text);
    expect(traceEvents.filter((one) => one.tid === tid && one.cat === 'operation').map((one) => one.name)).toEqual(program);
    const wakes = player.steps.flatMap((one) => one.records).filter((one) => one.kind === 'wakeup' && one.tasks > 0);
    expect(wakes.length).toBeGreaterThan(0);
    expect(traceEvents.filter((one) => one.ph === 's').length).toBeGreaterThanOrEqual(wakes.length);
    const pages = traceEvents.filter((one) => one.name === 'resident pages');
    const left = [...traced(player).traceEvents].filter((one) => one.name === 'resident pages').at(-1)?.args?.count;
    await player.seek(player.length);
    expect(left).toBe([...player.scene.frames.values()].filter((one) => one.use === 'page').length);
    expect(pages.length).toBeGreaterThan(5);
    expect(traceEvents.filter((one) => one.cat === 'step' && one.ph === 'i').map((one) => one.name)).toContain('pmap_enter');
    expect(traceEvents.filter((one) => one.cat === 'finding').map((one) => one.name)).toContain('freed-while-mapped');
  });
});

describe('a schedule as text', { timeout: 60_000 }, () => {
  it('leads the engine through the same steps again', async () => {
    for (const [name, policy] of RUNS) {
      const player = await opened(name, policy);
      const lines = directives(player.steps, player.names);
      expect(scheduleText(lines)).toMatch(/^schedule shown \{\n( {2}\S+ until \S.*\n)+\}\n$/);
      const again = await opened(name, policy, withSchedule(player.source, lines));
      const turns = (one: Player): string[] => one.steps.map((step) => `${step.task} ${step.records.map((rec) => rec.kind).join()} ${JSON.stringify(step.runnable)}`);
      expect(turns(again)).toEqual(turns(player));
      expect(again.steps.flatMap((step) => step.parted ?? [])).toEqual([]);
    }
  });
});

describe('names of files', () => {
  it('are made of scenario, kernel and step, and of nothing that a file system minds', () => {
    expect(fileName({ scenario: 't3-story', policy: '2019-12' }, 'step-47', 'svg')).toBe('t3-story-2019-12-step-47.svg');
    expect(fileName({ scenario: 'tlb', policy: 'main,+P01,-P03,P16=write-first' }, 'run', 'trace.json')).toBe('tlb-main+P01-P03-P16=write-first-run.trace.json');
    expect(fileName({ scenario: '../a b', policy: 'main' }, 'run', 'txt')).not.toMatch(/[/\s]/);
  });
});
