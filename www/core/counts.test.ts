import { expect, it } from 'vitest';
import { bars, grouped, percent, readCounts, WORDS } from './counts';

it('reads words in the engine’s order', () => {
  const counts = readCounts(Uint32Array.from({ length: WORDS.length + 16 }, (_, nth) => nth));
  expect([counts.events, counts.done, counts.chains[0], counts.chains[15]]).toEqual([0, 20, 21, 36]);
});

it('groups digits and keeps small bars visible', () => {
  expect([grouped(7), grouped(1234), grouped(1234567)]).toEqual(['7', '1,234', '1,234,567']);
  const [none, few, many] = bars([0, 1, 1_000_000]);
  expect(none).toBe(0);
  expect(few).toBeGreaterThan(0.04);
  expect(many).toBe(1);
});

it('says parts of a whole', () => {
  expect([percent(1, 2), percent(1, 30), percent(1, 1_000_000), percent(0, 5), percent(0, 0)]).toEqual(['50 %', '3.3 %', '< 0.1 %', '0 %', '0 %']);
});
