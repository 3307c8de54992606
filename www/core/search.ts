/** A search as the panel shows it: what was asked, how far it is, what came of it. */

import { problemOf, sentence } from './problem';
import type { Search, Searcher, SearchFinding, SearchProgress, SearchRequest, SearchResult } from '../drivers/search/types';
import { Observed } from './observed';

/** `stopped`: ended so early that it has nothing to say. */
export type SearchStatus = 'idle' | 'running' | 'paused' | 'done' | 'failed' | 'stopped';

export class SearchRun extends Observed {
  status: SearchStatus = 'idle';
  request: SearchRequest | null = null;
  /** The scenario's name. */
  scenario = '';
  /** The scenario's name and the kernel, for a reader who has gone on meanwhile. */
  about = '';
  progress: SearchProgress | null = null;
  result: SearchResult | null = null;
  /** What was found, before it is known whether a smaller scenario shows it too. */
  private early: SearchResult | null = null;
  error: string | null = null;
  private search: Search | null = null;

  constructor(private readonly searcher: Searcher) {
    super();
  }

  /** Begins anew; a search that is still running ends first. */
  async start(request: SearchRequest, about: string, scenario = ''): Promise<void> {
    this.stop();
    Object.assign(this, { request, about, scenario, status: 'running', progress: null, result: null, early: null, error: null });
    const search = this.searcher.search(request, (now, found) => {
      if (this.search !== search) return;
      this.progress = now;
      this.early ??= found ?? null;
      this.tell();
    });
    this.search = search;
    this.tell();
    try {
      const result = await search.result;
      if (this.search === search) Object.assign(this, { result, status: 'done' });
    } catch (reason) {
      const problem = problemOf(reason);
      const how = problem.stopped ? { status: 'stopped' } : { error: sentence(problem), status: 'failed' };
      if (this.search === search) Object.assign(this, how);
    }
    if (this.search !== search) return;
    this.search = null;
    this.tell();
  }

  toggle(): void {
    if (this.status === 'running') {
      this.search?.pause();
      this.status = 'paused';
    } else if (this.status === 'paused') {
      this.search?.resume();
      this.status = 'running';
    }
    this.tell();
  }

  stop(): void {
    this.search?.stop();
  }

  /** What has been established so far. */
  get known(): SearchResult | null {
    return this.result ?? this.early;
  }

  get isGoing(): boolean {
    return this.status === 'running' || this.status === 'paused';
  }
}

/** What the panel says first, in a few words, and how it is meant. */
export interface Headline {
  text: string;
  tone: 'going' | 'found' | 'proof' | 'open';
}

const GOING: Record<SearchProgress['phase'], [string, string]> = {
  searching: ['Searching', ''],
  shortening: ['Found', 'looking for a shorter story'],
  trimming: ['Found', 'taking away what it does not need'],
};

/** A kind of finding as people say it. */
export const kindText = (kind: string): string => kind.replaceAll('-', ' ');

export function headline(run: Pick<SearchRun, 'status' | 'error' | 'known' | 'progress' | 'request'>): Headline | null {
  const { status, known: result } = run;
  if (status === 'idle') return null;
  if (status === 'stopped') return { text: 'Stopped: nothing established so far', tone: 'open' };
  if (run.error !== null) return { text: run.error, tone: 'found' };
  if (!result) {
    const [what, how] = GOING[run.progress?.phase ?? 'searching'];
    const now = how === '' ? what : `${what}: ${how}`;
    return { text: status === 'paused' ? `${now}, paused` : `${now}…`, tone: what === 'Found' ? 'found' : 'going' };
  }
  const onwards = run.request?.from === undefined ? '' : ' from there on';
  switch (result.verdict) {
    case 'found': {
      // What the choices so far have led to needs no search.
      const what = onwards !== '' && result.steps === 0 ? 'It has come up already' : 'Found';
      return { text: `${what}: ${result.findings[0]?.words ?? 'a finding'}`, tone: 'found' };
    }
    case 'complete':
      return { text: `Proven: nothing breaks in any interleaving${onwards}`, tone: 'proof' };
    case 'bounded':
      return { text: `Nothing found${onwards}, which is no proof`, tone: 'open' };
    case 'unsound':
      return { text: 'The search is wrong: a mistake of Faultline', tone: 'found' };
    case 'stopped':
      return { text: 'Stopped: nothing found so far', tone: 'open' };
  }
}

/** What a verdict leaves out: changes of the kernel that the engine does not have on that date, each with a sentence. */
export const leftOut = (result: Pick<SearchResult, 'not_reproduced'>): { id: string; text: string }[] =>
  result.not_reproduced.map(({ id, date, text, why }) => ({ id, text: `${date === '' ? 'before 2018' : date}: ${text}. Here: ${why}.` }));

/** Large numbers so that they can be read at a glance. */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US');

export const seconds = (s: number): string => (s < 10 ? `${s.toFixed(s < 1 ? 2 : 1)} s` : `${Math.round(s)} s`);

/** The figures that say how much has been covered. */
export function covered(now: SearchProgress | SearchResult): [string, string][] {
  const rows: [string, string][] = now.states > 0 ? [['states', count(now.states)]] : [];
  // An order is one way through to an end: states that were met before are not gone through again.
  rows.push(['orders run to their end', count(now.executions)], ['time', seconds(now.seconds)]);
  if ('share' in now && now.share != null) rows.push(['covered', `${(now.share * 100).toFixed(1)} %`]);
  return rows;
}

/** The other figures. */
export function figures(now: SearchProgress | SearchResult): [string, string][] {
  const each = (n: number): string => (now.took > 0 ? count(n / now.took) : '–');
  const rows: [string, string][] = [
    ['steps', count(now.steps)],
    ['steps a second', each(now.steps)],
  ];
  if ('workers' in now) {
    if (seconds(now.took) !== seconds(now.seconds)) rows.push(['time without shortening', seconds(now.took)]);
    rows.push(['workers', String(now.workers)]);
  }
  if ('frontier' in now) {
    rows.push(['states still open', count(now.frontier)]);
    if (now.bound != null) rows.push(['preemptions', `up to ${now.bound}`]);
  }
  return rows;
}

/** What a finding is, as its button says it: a search from a step on shortens nothing. */
export function findingTitle(finding: Pick<SearchFinding, 'scenario'>, request: Pick<SearchRequest, 'shrink'> | null): string {
  if (finding.scenario) return 'The smallest scenario';
  return request?.shrink === false ? 'One way to it, not shortened' : 'The shortest story';
}
