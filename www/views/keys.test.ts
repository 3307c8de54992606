import { expect, it } from 'vitest';
import { KEYS } from './key-help';
import { COMMANDS } from './keys';

it('every key that does something is in the help', () => {
  const said = KEYS.flatMap(([keys, does]) => [...keys.split(/[ ,]+/), ...keys, ...does.split(/\W+/)]);
  const named = (key: string): string => (key === ' ' ? 'Space' : key);
  expect(Object.keys(COMMANDS).filter((key) => !said.includes(named(key)))).toEqual([]);
});
