import { beforeEach, describe, expect, it } from 'vitest';
import { Pair } from './pair';
import type { Clock } from './clock';
import { Player } from './player';
import { RecordedDriver } from '../drivers/recorded';
import type { Step } from './generated/types';
import type { StepRecord } from './step-record';
import { step, names, oneProcess, records } from './testing';

const turn = (task: number, at: string, wrong = false): StepRecord =>
  step(
    task,
    [
      { kind: 'point', at: at as Step },
      ...(wrong ? ([{ kind: 'page_free', page: 7 }, { kind: 'found', finding: 'foreign', object: null, page: null }] as const) : []),
    ],
    { text: wrong ? '*A1*: page 0 of O is freed.' : '' },
  );

const player = (story: StepRecord[], clock: Clock): Player =>
  new Player(
    new RecordedDriver(
      { scenarios: [], presets: [], switches: [], settings: [], defects: [] },
      { names, setup: records(...oneProcess), runnable: [], steps: story, findings: [], narration: [] },
    ),
    clock,
  );

describe('two players', () => {
  let due: (() => void)[];
  let pair: Pair;
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 40; n++) await Promise.resolve();
  };

  beforeEach(async () => {
    due = [];
    const clock: Clock = {
      set: (_, run) => {
        due.push(run);
        return run;
      },
      clear: (handle) => (due = due.filter((run) => run !== handle)),
    };
    const left = player([turn(0, 'a'), turn(0, 'free', true), turn(0, 'b')], clock);
    const right = player([turn(0, 'a'), turn(1, 'wait'), turn(1, 'wait'), turn(0, 'b')], clock);
    pair = new Pair(left, right, clock);
    await pair.load('s', 'text', { left: '2019-12', right: '2020-01-fixed' });
  });

  const standing = (): number[] => [pair.position, pair.left.position, pair.right.position];

  it('move together, and each alone where the other has nothing to do', async () => {
    expect([pair.length, pair.status]).toEqual([5, 'paused']);
    await pair.step();
    expect(standing()).toEqual([1, 1, 1]);
    await pair.step();
    expect(standing()).toEqual([2, 2, 1]);
    await pair.step();
    expect(standing()).toEqual([3, 2, 2]);
    await pair.back();
    expect(standing()).toEqual([2, 2, 1]);
    await pair.seek(99);
    expect(standing()).toEqual([5, 3, 4]);
  });

  it('go to where they part', async () => {
    await pair.next();
    expect(pair.position).toBe(2);
    expect(pair.parting?.left).toContain('is freed');
    expect(pair.parting?.wrong).toEqual({ left: true, right: false });
  });

  it('play to the end together', async () => {
    pair.toggle();
    for (let n = 0; n < 10; n++) {
      await settle();
      due.shift()?.();
    }
    await settle();
    expect([...standing(), pair.status]).toEqual([5, 3, 4, 'paused']);
  });
});
