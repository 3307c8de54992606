import { describe, expect, it } from 'vitest';
import { fold } from './fold';
import { lanes, laneText, tracks } from './lanes';
import { Namer } from './names';
import { step, names, records, withChild } from './testing';

const setup = fold(records(...withChild));
const namer = new Namer(names);
const object = (index: number) => ({ class: 'object', index }) as const;

describe('the lanes', () => {
  const drawn = lanes(
    setup,
    [
      step(0, [
        { kind: 'acquire', lock: object(0), mode: 'write', words: 'O' },
        { kind: 'page_busy', page: 7, state: { busy: 'exclusive', owner: 0 } },
      ]),
      step(0, [{ kind: 'acquire', lock: object(1), mode: 'read', words: 'S' }]),
      step(1, [{ kind: 'sleep', channel: { on: 'busy', page: 7 }, words: 'busy page 0 of O' }]),
      step(0, [{ kind: 'release', lock: object(0) }]),
      step(0, [
        { kind: 'page_busy', page: 7, state: { busy: 'none' } },
        { kind: 'wakeup', channel: { on: 'busy', page: 7 }, tasks: 1 },
      ]),
      step(1, [{ kind: 'found', finding: 'foreign', object: null, page: null }]),
    ],
    namer,
  );
  const [first, second] = drawn.lanes;

  it('show what each task holds, and for how long', () => {
    expect(first?.locks).toEqual([
      { from: 0, to: 3, text: 'lock of O', mode: 'write', track: 0 },
      { from: 1, to: 6, text: 'lock of S', mode: 'read', track: 1 },
    ]);
    expect(first?.busy).toEqual([{ from: 0, to: 4, text: 'O[0] busy' }]);
    expect(first && tracks(first)).toBe(2);
  });

  it('show what a task sleeps on, and who wakes it', () => {
    expect(second?.asleep).toEqual([{ from: 2, to: 4, text: 'asleep on busy page 0 of O' }]);
    expect(drawn.wakes).toEqual([{ at: 4, by: 0, task: 1 }]);
  });

  it('mark the turn of a finding', () => {
    expect(second?.findings).toEqual([5]);
  });

  it('say what they show', () => {
    expect(laneText(drawn, 3, namer)).toBe('A1: O[0] busy, lock of O, lock of S; B1: asleep on busy page 0 of O');
    expect(laneText(drawn, 0, namer)).toBe('');
  });
});
