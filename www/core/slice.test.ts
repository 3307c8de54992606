import { expect, it } from 'vitest';
import { gaps, matters } from './slice';

const slice = { at: 8, steps: new Set([2, 3, 7]) };

it('judges the steps before the finding, and none after it', () => {
  expect([0, 2, 6, 7, 8, 20].map((step) => matters(slice, step))).toEqual([false, true, false, true, true, true]);
  expect(matters(null, 0)).toBe(true);
});

it('puts steps that do not matter together', () => {
  expect(gaps(slice)).toEqual([{ from: 0, to: 2 }, { from: 4, to: 7 }]);
});
