import { expect, it } from 'vitest';
import { noCounts } from './counts';
import { Samples } from './samples';

it('keeps what a replay was at, at most so many times, from its beginning to its end', () => {
  const samples = new Samples();
  for (let tick = 0; tick <= 100_000; tick++) samples.take(tick / 100, { ...noCounts, faults: tick, spaces: tick === 500 ? 40 : 3 });
  samples.take(1000.01, { ...noCounts, faults: 100_001 }, true);
  const [seconds, faults] = samples.column(0);
  expect(seconds[0]).toBe(0);
  expect([seconds.at(-1), faults.at(-1)]).toEqual([1000.01, 100_001]);
  expect(samples.length).toBeLessThanOrEqual(601);
  expect(samples.length).toBeGreaterThan(250);
  expect(faults).toEqual(faults.toSorted((a, b) => a - b));
  expect(samples.peak(0)).toBe(100_001);
});
