import { expect, it } from 'vitest';
import type { Catalog } from '../drivers/driver';
import { Palette } from './colors';
import { policyText, policyWith, settingsOf, switchesOf } from './policy';

const catalog: Catalog = {
  scenarios: [],
  presets: [{ name: 'main', letter: 'd2', text: '', switches: ['P01', 'P02'] }],
  switches: ['P01', 'P02', 'P03', 'P19'].map((id) => ({ id, name: id, text: '' })),
  settings: [
    {
      id: 'P16',
      name: 'enter_protocol',
      text: '',
      preset: 'clear-first',
      values: ['write-first', 'clear-first'].map((name) => ({ name, text: '' })),
    },
  ],
  defects: ['P17', 'OF5'].map((id) => ({ id, name: id, text: '' })),
};

it('turns switches over and forgets what was undone', () => {
  const without = policyText(catalog, 'main', 'P01');
  expect(without).toBe('main,-P01');
  const more = policyText(catalog, without, 'P03');
  expect(more).toBe('main,-P01,+P03');
  expect([...switchesOf(catalog, more)]).toEqual(['P02', 'P03']);
  expect(policyText(catalog, without, 'P01')).toBe('main');
});

it('keeps a setting while switches are turned, and forgets it at its preset value', () => {
  const set = policyWith(catalog, 'main,+P03', 'P16', 'write-first');
  expect(set).toBe('main,+P03,P16=write-first');
  expect(policyText(catalog, set, 'P17')).toBe('main,+P03,P16=write-first,+P17');
  expect(policyText(catalog, set, 'P03')).toBe('main,P16=write-first');
  expect(settingsOf(catalog, set).get('P16')).toBe('write-first');
  expect([...switchesOf(catalog, set)]).toEqual(['P01', 'P02', 'P03']);
  expect(policyWith(catalog, set, 'P16', 'clear-first')).toBe('main,+P03');
});

it('writes changes in the order of the engine, whichever came first', () => {
  const turned = ['OF5', 'P19', 'P17', 'P03'].reduce((policy, id) => policyText(catalog, policy, id), 'main');
  expect(policyWith(catalog, turned, 'P16', 'write-first')).toBe('main,+P03,P16=write-first,+P17,+P19,+OF5');
});

it('gives each value a look of its own', () => {
  const palette = new Palette();
  const looks = Array.from({ length: 20 }, (_, nth) => palette.swatch(BigInt(nth + 1)));
  expect(new Set(looks.map((look) => look.fill + look.pattern)).size).toBe(20);
  expect(palette.swatch(0n).blank).toBe(true);
  expect(palette.swatch(1n)).toEqual(looks[0]);
});
