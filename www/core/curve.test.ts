import { describe, expect, it } from 'vitest';
import { alike, moved } from './curve';

describe('lines that become one another', () => {
  const straight = 'M10 0V60';
  const round = 'M0 0C0 10 20 10 20 20V40C20 60 0 60 0 80';
  const shape = (d: string): string => d.replace(/[-\d.]+/g, '0');

  it('have as many parts, and keep their ends', () => {
    const [from, to] = alike(straight, round);
    expect(shape(from)).toBe(shape(to));
    expect([from.startsWith('M10 0C'), from.endsWith(' 10 60')]).toEqual([true, true]);
    expect([to.startsWith('M0 0C'), to.endsWith(' 0 80')]).toEqual([true, true]);
  });

  it('are the same lines, cut in more places: a straight one stays straight', () => {
    const xs = [...alike(straight, round)[0].matchAll(/([-\d.]+) [-\d.]+/g)].map((pair) => Number(pair[1]));
    expect(new Set(xs)).toEqual(new Set([10]));
  });

  it('go where they are put', () => {
    expect(moved('M1 2V5', (x, y) => [x * 2, y + 1])).toBe('M2 3C2 4 2 5 2 6');
  });
});
