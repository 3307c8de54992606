import { describe, expect, it } from 'vitest';
import { fold } from './fold';
import { Namer } from './names';
import { plain, sentenceOf, story } from './story';
import { chunk, names, records, VA, withChild } from './testing';

const setup = fold(records(...withChild));
const namer = new Namer(names);

describe('the story', () => {
  it('tells one paragraph a stretch', () => {
    const told = story(
      setup,
      [
        chunk(1, [{ kind: 'op_start', op: 0 }, { kind: 'fault_enter', va: VA, write: false, protection: false }]),
        chunk(1, [{ kind: 'fault_walk', object: 1, index: 0 }, { kind: 'fault_walk', object: 0, index: 0 }]),
        chunk(0, [{ kind: 'sleep', channel: { on: 'busy', page: 7 } }]),
      ],
      namer,
    );
    expect(told.map(({ task, from, to }) => [task, from, to])).toEqual([
      [1, 0, 2],
      [0, 2, 3],
    ]);
    expect(told.map((one) => plain(one.sentences.map((sentence) => sentence.text).join(' ')))).toEqual([
      'reads va0, faults and goes down to S and O.',
      'waits for O[0].',
    ]);
  });

  it('marks what is wrong', () => {
    const [told] = story(
      setup,
      [chunk(0, [{ kind: 'page_free', page: 7 }, { kind: 'found', finding: 'freed-while-mapped', object: 0, page: 0 }])],
      namer,
    );
    expect(told?.wrong).toBe(true);
    expect(plain(told?.sentences.at(-1)?.text ?? '')).toBe('O[0] is freed while A still maps it.');
  });

  it('says who wakes whom, and what a load got that it should not have got', () => {
    const [told] = story(
      setup,
      [
        chunk(0, [{ kind: 'op_start', op: 0 }]),
        { ...chunk(0, []), records: [{ step: 0, task: 1, kind: 'sleep', channel: { on: 'busy', page: 7 } }] },
        chunk(0, [
          { kind: 'page_busy', page: 7, state: { busy: 'none' } },
          { kind: 'wakeup', channel: { on: 'busy', page: 7 }, tasks: 1 },
          { kind: 'found', finding: 'foreign' },
          { kind: 'access', cpu: 0, space: 0, va: VA, page: 7, write: false, value: 0x21n, expected: 0x22n },
        ]),
      ],
      namer,
    );
    expect(told?.sentences.map((sentence) => plain(sentence.text))).toEqual([
      'writes X to va0, waits for O[0] and lets O[0] go.',
      'It wakes B1.',
      'It gets ! from va0 where " was stored: what another lineage wrote.',
    ]);
  });

  it('tells what goes as before in a sentence', () => {
    const store = (index: number) =>
      chunk(0, [
        { kind: 'op_start', op: 0 },
        { kind: 'page_alloc', page: 8 + index, object: 0, index },
        { kind: 'fault_restart', why: 'dead' },
        { kind: 'fault_enter', va: VA + index * 4096, write: true, protection: false },
      ]);
    const [first, second] = story(setup, [store(0), store(0)], namer);
    expect(first?.sentences.length).toBeGreaterThan(1);
    expect(second?.sentences.map((one) => plain(one.text))).toEqual(['does the same at va0.']);
  });

  it('says a step in one sentence', () => {
    const said = sentenceOf(setup, chunk(1, [{ kind: 'page_copy', from: 7, to: 8, value: 9n }]), namer);
    expect(said).toBe('B1 copies O[0] into frame 8.');
  });

  it('names what no scenario named', () => {
    const plainNamer = new Namer({ ...names, tasks: [], base: 0 });
    expect([plainNamer.task(3), plainNamer.address(VA), plainNamer.value(0n)]).toEqual(['T3', 'va1024', '0']);
  });
});
