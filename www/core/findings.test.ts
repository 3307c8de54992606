import { describe, expect, it } from 'vitest';
import type { Finding } from './events';
import { facts, kinds } from './findings';
import type { StepRecord } from './step-record';

const finding = (kind: Finding['kind'], object: string | null, page: number | null): Finding => ({
  kind,
  property: kind,
  step: 1,
  task: 'A1',
  object,
  page,
  page_name: null,
  mappings: [],
  tasks: [],
  detail: '',
  told: [],
});
const step = (...findings: Finding[]): StepRecord => ({ task: 0, at: 'begin', place: null, records: [], runnable: [], done: false, findings, parted: [], text: '', quiet: true });

describe('facts', () => {
  it('are one where checkers speak of the same page after the same step', () => {
    const found = facts([step(), step(finding('freed-while-mapped', 'O', 0), finding('assertion', 'O', 0), finding('freed-while-mapped', 'O', 0))]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ at: 2, also: [{ kind: 'assertion' }, { kind: 'freed-while-mapped' }] });
    expect(found.map(kinds)).toEqual([['freed while mapped', 'assertion']]);
  });

  it('are several where the page, the object or the step is another, or no page is known', () => {
    const pages = [finding('zeroed', 'O', 0), finding('zeroed', 'O', 1), finding('zeroed', 'M', 0), finding('deadlock', null, null), finding('livelock', null, null)];
    expect(facts([step(...pages), step(finding('zeroed', 'O', 0))]).map(({ at }) => at)).toEqual([1, 1, 1, 1, 1, 2]);
  });
});
