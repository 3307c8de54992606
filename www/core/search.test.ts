import { beforeEach, describe, expect, it } from 'vitest';
import type { Search, Searcher, SearchProgress, SearchRequest, SearchResult } from '../drivers/search/types';
import { covered, figures, findingTitle, headline, leftOut, SearchRun } from './search';

const request: SearchRequest = { scenario: 'text', policy: 'main', strategy: 'exhaustive', shrink: true };
const progress: SearchProgress = { phase: 'searching', states: 5000, steps: 9000, executions: 10, seconds: 2, took: 2, frontier: 7, share: 0.25, bound: null };
const result: SearchResult = {
  scenario: 's',
  policy: 'main',
  strategy: 'exhaustive',
  preemption_bound: null,
  not_reproduced: [],
  verdict: 'complete',
  text: 'No interleaving breaks anything.',
  executions: 12,
  states: 6000,
  steps: 9500,
  seconds: 0.5,
  took: 0.5,
  complete: true,
  workers: 1,
  findings: [],
};

/** A search that does what the test says. */
class Scripted implements Searcher {
  said: string[] = [];
  tell: (now: SearchProgress, found?: SearchResult) => void = () => undefined;
  end: (result: SearchResult) => void = () => undefined;
  fail: (reason: unknown) => void = () => undefined;

  search(_: SearchRequest, tell: (now: SearchProgress, found?: SearchResult) => void): Search {
    this.tell = tell;
    const ended = new Promise<SearchResult>((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    return {
      pause: () => this.said.push('pause'),
      resume: () => this.said.push('resume'),
      stop: () => this.said.push('stop'),
      result: ended,
    };
  }
}

describe('a search', () => {
  let searcher: Scripted;
  let run: SearchRun;
  beforeEach(() => {
    searcher = new Scripted();
    run = new SearchRun(searcher);
  });

  it('goes on, shows how far it is, and ends with a verdict', async () => {
    const ended = run.start(request, 't3 under main');
    searcher.tell(progress);
    expect([run.status, run.progress]).toEqual(['running', progress]);
    searcher.end(result);
    await ended;
    expect([run.status, run.result, run.isGoing]).toEqual(['done', result, false]);
  });

  it('can be paused, resumed and stopped', () => {
    void run.start(request, '');
    run.toggle();
    expect(run.status).toBe('paused');
    run.toggle();
    run.stop();
    expect([run.status, searcher.said]).toEqual(['running', ['pause', 'resume', 'stop']]);
  });

  it('knows what was found before it is over', async () => {
    const ended = run.start(request, '');
    const found: SearchResult = { ...result, verdict: 'found' };
    searcher.tell({ ...progress, phase: 'trimming' }, found);
    searcher.tell({ ...progress, phase: 'trimming' });
    expect([run.known, run.result, run.isGoing]).toEqual([found, null, true]);
    searcher.end(result);
    await ended;
    expect(run.known).toBe(result);
    void run.start(request, '');
    expect(run.known).toBe(null);
  });

  it('keeps what went wrong', async () => {
    const ended = run.start(request, '');
    searcher.fail({ message: 'no such kernel', remedy: 'choose another' });
    await ended;
    expect([run.status, run.error]).toEqual(['failed', 'no such kernel; choose another']);
  });

  it('hears nothing more of a search that another one has followed', async () => {
    const first = run.start(request, 'first');
    const { tell, end } = searcher;
    void run.start(request, 'second');
    tell(progress);
    end(result);
    await first;
    expect([run.about, run.status, run.progress, run.result]).toEqual(['second', 'running', null, null]);
  });

  it('says its figures', () => {
    expect(figures(progress)).toContainEqual(['steps a second', '4,500']);
    expect(covered(progress)).toEqual([['states', '5,000'], ['orders run to their end', '10'], ['time', '2.0 s'], ['covered', '25.0 %']]);
    expect(covered(result)).toContainEqual(['time', '0.50 s']);
    expect(figures(result).map(([label]) => label)).not.toContain('time without shortening');
  });

  it('says how fast it was while it searched, not with what came after', () => {
    const shortened = figures({ ...result, steps: 9000, seconds: 5, took: 0.9 });
    expect(shortened).toContainEqual(['steps a second', '10,000']);
    expect(shortened).toContainEqual(['time without shortening', '0.90 s']);
    expect(figures({ ...progress, phase: 'shortening', seconds: 4, took: 0.5 })).toContainEqual(['steps a second', '18,000']);
  });
});

describe('a finding', () => {
  it('is called the shortest story only where it was made short', () => {
    expect(findingTitle({ scenario: null }, { shrink: true })).toBe('The shortest story');
    expect(findingTitle({ scenario: null }, { shrink: false })).toBe('One way to it, not shortened');
    expect(findingTitle({ scenario: 'text' }, { shrink: true })).toBe('The smallest scenario');
  });
});

describe('the headline', () => {
  const idle = { status: 'idle', error: null, known: null, progress: null, request: null } as const;
  const found: SearchResult = {
    ...result,
    verdict: 'found',
    findings: [{ kind: 'freed-while-mapped', words: 'a page is free while it is still mapped', property: 'I13', detail: '', choices: 'ab', steps: 3, turns: 3, preemptions: 1, fewest: true, scenario: null }],
  };

  it('is what the verdict is, and never more', () => {
    const said = (over: SearchResult, from?: string) =>
      headline({ ...idle, status: 'done', known: over, request: { ...request, ...(from === undefined ? {} : { from }) } });
    expect(headline(idle)).toBe(null);
    expect(said(found)).toEqual({ text: 'Found: a page is free while it is still mapped', tone: 'found' });
    expect(said(result)).toMatchObject({ text: 'Proven: nothing breaks in any interleaving', tone: 'proof' });
    expect(said(result, 'ab')?.text).toMatch(/from there on$/);
    expect(said({ ...result, verdict: 'bounded' })).toMatchObject({ text: 'Nothing found, which is no proof', tone: 'open' });
    expect(said({ ...result, verdict: 'stopped' })?.text).toMatch(/^Stopped/);
    const change = { id: 'D1', commit: '', engine: 'before', date: '2020-02', text: 'swapoff waits', why: 'there is no swapoff' };
    expect(leftOut({ not_reproduced: [change] })).toEqual([{ id: 'D1', text: '2020-02: swapoff waits. Here: there is no swapoff.' }]);
    expect(leftOut({ not_reproduced: [] })).toEqual([]);
    expect(said({ ...result, verdict: 'unsound' })).toMatchObject({ tone: 'found', text: 'The search is wrong: a mistake of Faultline' });
  });

  it('says while it goes on that something was found already', () => {
    const going = (phase: SearchProgress['phase'], status: 'running' | 'paused' = 'running') =>
      headline({ ...idle, status, request, progress: { ...progress, phase } });
    expect(going('searching')).toEqual({ text: 'Searching…', tone: 'going' });
    expect(going('searching', 'paused')?.text).toBe('Searching, paused');
    expect(going('trimming')).toEqual({ text: 'Found: taking away what it does not need…', tone: 'found' });
  });
});
