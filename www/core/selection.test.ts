import { expect, it } from 'vitest';
import { Namer } from './names';
import { selectionOf, selectionText } from './selection';
import { names, page } from './testing';

const namer = new Namer(names);

it('says an address as links do, and reads it back', () => {
  const selection = { process: 1, va: page(3) };
  expect(selectionText(selection, namer)).toBe('B.va3');
  expect(selectionOf('B.va3', namer)).toEqual(selection);
});

it('says an object by its name, and reads it back as the one that was born then', () => {
  const selection = selectionOf('S', namer);
  expect(selection).toEqual({ object: names.objects[1]?.from });
  expect(selection && selectionText(selection, namer)).toBe('S');
});

it('says a frame and a process, and reads them back', () => {
  for (const [selection, text] of [[{ frame: 7 }, 'frame7'], [{ map: 1 }, 'B.map']] as const) {
    expect(selectionText(selection, namer)).toBe(text);
    expect(selectionOf(text, namer)).toEqual(selection);
  }
});

it('reads nothing where there is no such thing', () => {
  expect(['Q', 'X.va0', 'X.map', 'B.va', 'frame', '', null, undefined].map((text) => selectionOf(text, namer))).toEqual(Array(8).fill(null));
});
