import { describe, expect, it, vi } from 'vitest';
import type { Catalog } from '../drivers/driver';
import type { Search, Searcher, SearchProgress, SearchRequest, SearchResult } from '../drivers/search/types';
import { FixSearch, sets } from './fixes';

const switchOf = (id: string) => ({ id, name: id, text: id });
const catalog = {
  scenarios: [],
  presets: [{ name: 'old', letter: 'o', text: '', switches: ['P02'] }],
  switches: ['P01', 'P02', 'P03', 'P04'].map(switchOf),
  settings: [],
  defects: ['OF1', 'OF2'].map(switchOf),
} as unknown as Catalog;
const what = { scenario: 's', source: 'text', policy: 'old' };

/** Searches that answer at once, by what `verdict` says of a kernel; `held` ones are answered when they are let. */
class Fake implements Searcher {
  asked: string[] = [];
  calls: string[] = [];
  held: (() => void) | null = null;

  constructor(
    private readonly verdict: (policy: string) => string,
    private readonly holds: string | null = null,
  ) {}

  search({ policy }: SearchRequest, progress: (now: SearchProgress) => void): Search {
    this.asked.push(policy);
    const verdict = this.verdict(policy);
    const result = new Promise<SearchResult>((resolve, reject) => {
      const answer = (): void => {
        progress({ states: 7 } as SearchProgress);
        if (verdict.startsWith('no ')) reject(new Error(verdict));
        else resolve({ verdict, findings: verdict === 'found' ? [{ words: 'stale' }] : [], states: 7 } as unknown as SearchResult);
      };
      if (policy === this.holds) this.held = answer;
      else queueMicrotask(answer);
    });
    const call = (name: string) => () => void this.calls.push(name);
    return { pause: call('pause'), resume: call('resume'), stop: call('stop'), result };
  }
}

describe('the search of all sets of switches', () => {
  it('goes from small sets to larger ones, and leaves out what contains one that is enough', async () => {
    const enough = (policy: string) => policy.includes('+P03') || (policy.includes('+P01') && policy.includes('-P02'));
    const fake = new Fake((policy) => (enough(policy) ? 'complete' : 'found'));
    const fixes = new FixSearch(fake);
    await fixes.start(catalog, what);
    expect(fake.asked).toEqual(['old', 'old,+P01', 'old,-P02', 'old,+P03', 'old,+P04', 'old,+P01,-P02', 'old,+P01,+P04', 'old,-P02,+P04']);
    expect(fixes.matters.map((one) => one.switches)).toEqual([['+P03'], ['+P01', '-P02']]);
    expect([fixes.status, fixes.base?.how, fixes.implied]).toEqual(['done', 'found', 3]);
    expect(fixes.alone('P03', 'text', 'old')?.how).toBe('complete');
    expect(fixes.alone('P03', 'text', 'old,+P01')).toBeNull();
  });

  it('looks for what breaks a kernel on which nothing does', async () => {
    const fixes = new FixSearch(new Fake((policy) => (policy.includes('-P02') ? 'found' : 'complete')));
    await fixes.start(catalog, what);
    expect(fixes.matters.map(({ switches, words }) => [switches, words])).toEqual([[['-P02'], 'stale']]);
  });

  it('turns a defect over that the kernel has, and knows what no kernel could have', async () => {
    const fake = new Fake((policy) => (policy === 'old' ? 'complete' : policy.includes('+P04') ? 'no P04 without P03' : 'found'));
    const fixes = new FixSearch(fake);
    await fixes.start(catalog, { ...what, policy: 'old,+OF1' });
    expect(fake.asked.slice(0, 6)).toEqual(['old,+OF1', 'old,+P01,+OF1', 'old,-P02,+OF1', 'old,+P03,+OF1', 'old,+P04,+OF1', 'old']);
    expect(fixes.matters.map((one) => one.switches)).toEqual([['-OF1']]);
    expect(fixes.tried.find((one) => one.switches[0] === '+P04')).toMatchObject({ how: 'illegal', words: 'no P04 without P03' });
  });

  it('is paused and goes on, and ends where it is stopped with what it knows', async () => {
    const fake = new Fake(() => 'found', 'old,-P02');
    const fixes = new FixSearch(fake);
    const over = fixes.start(catalog, what);
    await vi.waitFor(() => expect(fake.held).not.toBeNull());
    fixes.toggle();
    fake.held?.();
    await vi.waitFor(() => expect(fixes.tried).toHaveLength(2));
    for (let n = 0; n < 20; n++) await Promise.resolve();
    expect([fixes.status, fake.asked.length, fake.calls]).toEqual(['paused', 3, ['pause']]);
    fixes.toggle();
    expect(fixes.status).toBe('running');
    fixes.listen(() => {
      if (fixes.tried.length === 3) fixes.stop();
    });
    await over;
    expect([fixes.status, fixes.tried.length, fake.asked.length]).toEqual(['stopped', 3, 4]);
  });

  it('counts each set of a size once', () => {
    expect(sets(['a', 'b', 'c'], 2)).toEqual([['a', 'b'], ['a', 'c'], ['b', 'c']]);
  });
});
