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
      'reads va0, faults on va0 and goes down to S and O.',
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
    expect(plain(told?.sentences.at(-1)?.text ?? '')).toBe('That page is free while A still maps it.');
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
