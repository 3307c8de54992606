import { describe, expect, it } from 'vitest';
import { fold } from './fold';
import { pack, unpack } from './packed';
import { emptyScene } from './scene';
import { records, withChild } from './testing';

describe('packed values', () => {
  it('are what they were, maps and words included', () => {
    const scene = fold(records(...withChild), emptyScene());
    expect(unpack(pack(scene))).toEqual(scene);
    expect(unpack(pack([['one']]))).toEqual([['one']]);
    expect(unpack(pack([1n, new Map([[2, new Map([['a', 3n]])]]), null, 'x']))).toEqual([1n, new Map([[2, new Map([['a', 3n]])]]), null, 'x']);
  });
});
