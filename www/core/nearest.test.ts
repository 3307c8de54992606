import { expect, it } from 'vitest';
import { nearest } from './nearest';

it('finds near misses, and nothing that is far', () => {
  const names = ['t3', 't3-story', 'deadlock', 'lost-wakeup'];
  expect(['t3-stroy', 'dedlock', 'LOST-WAKEUP', 't4'].map((name) => nearest(name, names))).toEqual(['t3-story', 'deadlock', 'lost-wakeup', 't3']);
  expect(['zz', '', 'something else'].map((name) => nearest(name, names))).toEqual([null, null, null]);
});
