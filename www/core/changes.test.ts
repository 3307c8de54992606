import { describe, expect, it } from 'vitest';
import { applied, changes, facts, inWords, told } from './changes';
import type { Event } from './events';
import { fold } from './fold';
import { Namer } from './names';
import { names, oneProcess, pte, records, VA, withChild } from './testing';

const namer = new Namer(names);
const lines = (before: Event[], step: Event[]): string[] => {
  const first = fold(records(...before));
  return told(changes(facts(first, namer), facts(fold(records(...step), first), namer))).map((one) => `${one.thing}: ${inWords(one)}`);
};

describe('what a step changed', () => {
  it('says counts, busy words, entries and translations, from what to what', () => {
    expect(lines(withChild, [{ kind: 'object_ref', object: 0, count: 7 }])).toEqual([expect.stringMatching(/^O: references \d → 7$/)]);
    expect(lines(oneProcess, [{ kind: 'page_busy', page: 7, state: { busy: 'exclusive', owner: 1 } }])).toEqual(['O[0]: busy free → exclusive (B1)']);
    expect(lines(oneProcess, [{ kind: 'entry', space: 0, va: VA, level: 1, bits: pte(7, false) }])).toEqual(['A’s page table: va0 O[0] (PWUAD) → O[0] (PUA)']);
    expect(lines(oneProcess, [{ kind: 'entry', space: 0, va: VA, level: 1, bits: 0n }])).toEqual(['A’s page table: va0 O[0] (PWUAD) → –']);
    expect(lines(oneProcess, [{ kind: 'entry_remove', space: 0, entry: 0 }])).toEqual(['A’s entry va0: is gone']);
  });

  it('says nothing of a step that changed nothing', () => {
    expect(lines(oneProcess, [{ kind: 'object_ref', object: 0, count: 1 }])).toEqual([]);
  });

  it('makes the state after it of the state before it', () => {
    const [before, after] = [facts(fold(records(...oneProcess)), namer), facts(fold(records(...withChild)), namer)];
    expect(applied(before, changes(before, after))).toEqual(after);
    expect(applied(before, changes(before, after).slice(1))).not.toEqual(after);
  });
});
