import { describe, expect, it } from 'vitest';
import type { Step } from './generated/types';
import type { StepRecord } from './step-record';
import { align, foremost, partings, type Parting } from './compare';
import { directives, withSchedule } from './directives';
import type { Event } from './events';
import { Namer } from './names';
import { step, names } from './testing';

const namer = new Namer(names);
const at = (task: number, label: string, text = '', ...events: Event[]): StepRecord =>
  step(task, [{ kind: 'point', at: label as Step }, ...events], { runnable: [{ task, at: label }], text });

describe('two sides in step', () => {
  const found: Event = { kind: 'found', finding: 'freed-while-mapped', object: null, page: null };
  const left = [at(0, 'a'), at(1, 'scan', '*B1* bypasses O.', found), at(0, 'b'), at(0, 'c')];
  const right = [at(0, 'a'), at(1, 'scan', '*B1* leaves O below S.'), at(1, 'wait'), at(0, 'c')];
  const joints = align(left, right);

  it('take together what they have in common, and the rest one after the other', () => {
    expect(joints.map(({ left: l, right: r }) => `${l}${r}`)).toEqual(['00', '11', '22', '32', '33', '44']);
  });

  it('say in their own words where they part', () => {
    const parted = partings({ steps: left }, { steps: right }, joints);
    expect(parted).toEqual([
      {
        from: 1,
        to: 2,
        left: '*B1* bypasses O.',
        right: '*B1* leaves O below S.',
        wrong: { left: true, right: false },
      },
    ]);
  });

  it('do not part where nothing would be told', () => {
    expect(partings({ steps: [at(0, 'a')] }, { steps: [] }, align([at(0, 'a')], []))).toEqual([]);
  });

  it('are told by the first, the first at which both act, and those that go wrong', () => {
    const part = (to: number, l: string, r: string, bad = false): Parting => ({ from: to - 1, to, left: l, right: r, wrong: { left: bad, right: false } });
    const all = [part(1, 'a', ''), part(3, '', 'b'), part(5, 'c', 'd'), part(7, 'e', 'f'), part(9, 'g', '', true), part(11, '', 'h')];
    expect(foremost(all).map((one) => one.to)).toEqual([1, 5, 9]);
    expect(foremost([])).toEqual([]);
  });

  it('are lined up in runs of a hundred thousand turns, with as much memory as they have differences', () => {
    const long = Array.from({ length: 100_000 }, (_, nth) => at(nth % 3, `p${nth % 7}`));
    const other = [...long.slice(0, 50_000), at(9, 'more'), at(9, 'still'), ...long.slice(50_001)];
    const lined = align(long, other);
    expect(lined.at(-1)).toEqual({ left: 100_000, right: 100_001 });
    expect(lined).toHaveLength(100_003);
  });

  it('come one after the other where they have too little in common', () => {
    const all = (task: number): StepRecord[] => Array.from({ length: 6_000 }, (_, nth) => at(task, `p${nth}`));
    const lined = align([at(0, 'a'), ...all(1)], [at(0, 'a'), ...all(2)]);
    expect([lined[1], lined[6_001], lined.at(-1)]).toEqual([
      { left: 1, right: 1 },
      { left: 6_001, right: 1 },
      { left: 6_001, right: 6_001 },
    ]);
  });

  it('end where both have ended', () => {
    expect(align([], right).at(-1)).toEqual({ left: 0, right: 4 });
    expect(align(left, []).at(-1)).toEqual({ left: 4, right: 0 });
  });
});

describe('a run as a schedule', () => {
  it('says how far each stretch goes', () => {
    const asleep = step(1, [{ kind: 'sleep', channel: { on: 'busy', page: 7 } }], { runnable: [{ task: 0, at: 'x' }] });
    const done = step(0, [], { runnable: [], done: true });
    expect(directives([at(0, 'lock'), at(0, 'copy'), at(0, 'lock'), asleep, at(0, 'copy'), done], namer)).toEqual([
      'A1 until lock #2',
      'B1 until blocked',
      'A1 until end',
    ]);
  });

  it('goes before the schedules that a scenario has', () => {
    const text = withSchedule('task A1 of A: exit\n\nschedule story {\n}\n', ['A1 until end']);
    expect(text).toBe('task A1 of A: exit\n\nschedule shown {\n  A1 until end\n}\n\nschedule story {\n}\n');
    expect(withSchedule('process A', ['A1 until end'])).toBe('process A\nschedule shown {\n  A1 until end\n}\n\n');
  });
});
