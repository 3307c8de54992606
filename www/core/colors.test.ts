import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Palette } from './colors';
import type { Value } from './events';

/** The values that a scenario of the gallery stores, in the order of its text. */
function stored(scenario: string): Map<string, Value> {
  const text = readFileSync(new URL(`../../crate/scenario/gallery/${scenario}.scn`, import.meta.url), 'utf8');
  const names = [...text.matchAll(/^[^#]*?$/gm)].flatMap(([line]) => [...line.matchAll(/store va\d+ (\w+)/g)].map(([, name]) => name ?? ''));
  return new Map(names.map((name) => [name, [...name].reduceRight((word, letter) => (word << 8n) | BigInt(letter.charCodeAt(0)), 0n)]));
}

it('gives one content one look in both scenarios of the story, whichever value comes first', () => {
  const [short, long] = [stored('t3'), stored('t3-story')];
  expect([...short.keys()]).toEqual(['X0', 'Y0', 'Y1', 'Y2', 'Z0']);
  expect([...long.keys()]).toEqual([...short.keys(), 'H1', 'H2', 'H3']);
  const one = new Palette(short.values());
  for (const order of [[...long.values()], [...long.values()].reverse()]) {
    const other = new Palette(order);
    for (const [name, value] of short) expect(other.swatch(value), name).toEqual(one.swatch(value));
    const looks = order.map((value) => JSON.stringify(other.swatch(value)));
    expect(new Set(looks).size).toBe(order.length);
    expect(looks.every((look) => look.includes('none'))).toBe(true);
  }
});
