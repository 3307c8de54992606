import { describe, expect, it } from 'vitest';
import { Namer } from './names';
import { withTail } from './tail';
import { names } from './testing';

describe('the end of a list', () => {
  it('replaces what it begins at and all after it', () => {
    expect(withTail(['a', 'b', 'c'], { from: 1, items: ['d'] })).toEqual(['a', 'd']);
    expect(withTail(['a'], { from: 1, items: ['b', 'c'] })).toEqual(['a', 'b', 'c']);
    expect(withTail(['a', 'b'], { from: 1, items: [] })).toEqual(['a']);
  });

  it('leaves a list alone that is as it was', () => {
    const list = ['a', 'b'];
    expect(withTail(list, { from: 2, items: [] })).toBe(list);
  });
});

describe('names that change', () => {
  const none = { from: names.pages.length, items: [] };

  it('stay the same where nothing is called otherwise', () => {
    const namer = new Namer(names);
    expect(namer.after({ all: null, objects: { from: names.objects.length, items: [] }, pages: none })).toBe(namer);
  });

  it('are those before, with the new ones', () => {
    const made = { id: 2, from: 99, name: 'o3' };
    const namer = new Namer(names).after({ all: null, objects: { from: names.objects.length, items: [made] }, pages: none });
    expect([namer.objectBorn(1), namer.objectBorn(99), namer.task(0)]).toEqual(['O', 'o3', 'A1']);
  });

  it('are all others where the engine sends all', () => {
    const all = { ...names, processes: ['A', 'B', 'C'], objects: [] };
    const namer = new Namer(names).after({ all, objects: { from: 0, items: [] }, pages: { from: 0, items: [] } });
    expect([namer.process(2), namer.objectBorn(1)]).toEqual(['C', '?']);
  });
});
