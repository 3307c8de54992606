import { describe, expect, it } from 'vitest';
import { fold } from './fold';
import { labels } from './labels';
import { layout } from './layout';
import { Namer } from './names';
import { emptyScene } from './scene';
import { names, oneProcess, records, withChild } from './testing';

const said = (...events: typeof oneProcess): string[] => {
  const scene = fold(records(...events), emptyScene());
  return labels(scene, new Namer(names), layout(scene, { width: 560 })).map((one) => one.text);
};

describe('labels of a thumbnail', () => {
  it('say nothing where nothing is wrong', () => {
    expect(said(...withChild)).toEqual([]);
  });

  it('say who still points at a page that is free', () => {
    const freed = said(...oneProcess, { kind: 'page_remove', page: 7, object: 0, index: 0 }, { kind: 'page_free', page: 7 });
    expect(freed).toEqual(['A still points here', 'the page is free']);
  });

  it('say where a chain was cut', () => {
    expect(said(...withChild, { kind: 'bypass', object: 1, backing: 0, by_count: true }, { kind: 'object_unlink', object: 1, backing: 0 })).toEqual(['S was cut off O here']);
  });
});
