import { describe, expect, it } from 'vitest';
import { FRAME_WORDS, frameFact, nextUsed, paint, rowLength, shade, SHADES, type Colours } from './frames';
import { chainsOf, longest, rows } from './lives';

/** Frame 1 is in use for page 7 of object 5, after 3 accesses, the last by process 2 through a chain of 4; frame 3 is free again. */
const words = Uint32Array.from([[0, 0, 0, 0], [3, 3, 5, 0x80000000 + 4 * 2 ** 24 + 7], [0, 0, 0, 0], [1000, 1, 5, 2 ** 24]].flat());

describe('the words of a frame', () => {
  it('say who was served last, and for which page', () => {
    expect(frameFact(words, 1)).toEqual({ frame: 1, accesses: 3, inUse: true, process: 2, object: 5, index: 7, chain: 4 });
    expect(frameFact(words, 3)).toMatchObject({ inUse: false, process: 0, chain: 1 });
    expect([frameFact(words, 0), frameFact(words, 99)]).toEqual([null, null]);
  });

  it('are gone through by what was used', () => {
    expect([nextUsed(words, 0, 1), nextUsed(words, 1, 1), nextUsed(words, 3, 1), nextUsed(words, 3, -1), nextUsed(words, 0, -1)]).toEqual([1, 3, 3, 1, 0]);
  });

  it('are painted by use, by accesses, and by object', () => {
    const ramp = (base: number): Uint32Array => Uint32Array.from({ length: SHADES }, (_, nth) => base + nth);
    const colours: Colours = { used: ramp(100), freed: ramp(200), never: 1, object: 2 };
    const pixels = new Uint32Array(words.length / FRAME_WORDS);
    paint(pixels, words, colours, { from: 0, to: 4 }, null);
    expect([...pixels]).toEqual([1, 100 + shade(3), 1, 200 + shade(1000)]);
    expect(shade(1000)).toBeGreaterThan(shade(3));
    paint(pixels, words, colours, { from: 1, to: 2 }, 5);
    expect([...pixels]).toEqual([1, 2, 1, 200 + shade(1000)]);
  });

  it('stand in rows about four times as long as there are rows', () => {
    expect([rowLength(65_536), rowLength(1_048_576), rowLength(1)]).toEqual([512, 2048, 2]);
  });
});

describe('processes in time', () => {
  const life = (parent: number | null, from: number, to: number) => ({ number: 100 + from, parent, from, to, program: null });
  const lives = [life(null, 0, 100), life(0, 10, 40), life(0, 20, 90), life(1, 30, 35)];

  it('are a tree: children stand below their parent, in order', () => {
    expect(rows(lives).map(({ process, parent }) => [process, parent])).toEqual([[0, null], [1, 0], [3, 1], [2, 0]]);
  });

  it('keep the chain that they met last, as long as they live', () => {
    const chains = new Uint8Array(4 * 10);
    chains.set([2, 0, 5], 10 + 1);
    expect([...chainsOf(chains, 1, 10, lives[1]!, 100)]).toEqual([0, 2, 2, 5, 5, 0, 0, 0, 0, 0]);
    expect([longest(chains, 1, 10), longest(chains, 0, 10)]).toEqual([5, 0]);
  });
});
