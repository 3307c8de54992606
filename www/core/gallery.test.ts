import { describe, expect, it } from 'vitest';
import type { ScenarioInfo } from '../drivers/driver';
import { grouped, groupOf, years } from './gallery';
import { moment } from './moment';
import { step } from './testing';

const info = (group: string, text: string): ScenarioInfo => ({
  name: 'x',
  title: '',
  group,
  about: '',
  by: '',
  when: '',
  where: '',
  review: '',
  watch: [],
  seek: '',
  text,
  policy: 'main',
});

describe('the gallery', () => {
  it('groups a scenario by its header, and what gets stuck by what it expects to find', () => {
    expect(groupOf(info('race', '  expect under 2019-12: finding freed-while-mapped\n'))).toBe('race');
    expect(groupOf(info('race', 'expect under main: finding deadlock\nexpect no finding'))).toBe('stuck');
    expect(groupOf(info('golden', 'expect no finding\n'))).toBe('chain');
    expect(groupOf(info('correct', 'expect no finding deadlock\n'))).toBe('clean');
  });

  it('leaves out groups that have nothing', () => {
    expect(grouped([info('golden', '')]).map(({ group }) => group.id)).toEqual(['chain']);
  });

  it('reads the years from a header', () => {
    expect([years('December 2019 to January 2020'), years('2018'), years('')]).toEqual(['2019–2020', '2018', '']);
  });
});

describe('the moment that matters', () => {
  const plain = step(0, []);
  const move = step(0, [{ kind: 'page_rename', page: 1, from: 0, from_index: 0, to: 1, to_index: 0 }]);
  const bypass = step(0, [{ kind: 'bypass', object: 1, backing: 0, by_count: true }]);
  const wrong = step(0, [{ kind: 'found', finding: 'foreign', object: null, page: null }]);

  it('is where something goes wrong', () => {
    expect(moment([plain, bypass, wrong, plain, wrong])).toBe(3);
  });

  it('or else where a chain changes, the last time', () => {
    expect(moment([bypass, move, bypass, move, plain])).toBe(3);
  });

  it('or else the end', () => {
    expect([moment([plain, plain]), moment([])]).toEqual([2, 0]);
  });
});
