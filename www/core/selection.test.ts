import { expect, it } from 'vitest';
import { Namer } from './names';
import { selectionOf, selectionText } from './selection';
import { names, page } from './testing';

it('says an address as links do, and reads it back', () => {
  const namer = new Namer(names);
  const selection = { process: 1, va: page(3) };
  expect(selectionText(selection, namer)).toBe('B.va3');
  expect(selectionOf('B.va3', namer)).toEqual(selection);
  expect(['O', 'X.va0', 'B.va', '', null, undefined].map((text) => selectionOf(text, namer))).toEqual([null, null, null, null, null, null]);
});
