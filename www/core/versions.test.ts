import { expect, it } from 'vitest';
import { Versions } from './versions';

it('takes back what was typed, then what was played', () => {
  const versions = new Versions('a');
  expect(versions.canUndo('a')).toBe(false);
  expect(versions.undo('a typed')).toBe('a');
  versions.run('b');
  versions.run('b');
  versions.run('c');
  expect(versions.present).toBe('c');
  expect(versions.undo('d')).toBe('c');
  expect(versions.undo('c')).toBe('b');
  expect(versions.undo('b')).toBe('a');
  expect([versions.undo('a'), versions.canUndo('a'), versions.canUndo('b')]).toEqual(['a', false, true]);
});
