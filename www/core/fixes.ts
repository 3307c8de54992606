/**
 * Which switches of a kernel matter for a scenario: a search of every interleaving with each set of them turned over, the
 * smallest sets first. A set matters if it makes of a kernel that breaks one that is proven, or the other way round.
 */

import type { Catalog } from '../drivers/driver';
import type { Search, Searcher, SearchResult } from '../drivers/search/types';
import { policyText, switchesOf } from './policy';
import { problemOf, sentence } from './problem';
import { Observed } from './observed';

export interface Attempt {
  /** What is turned over, as a kernel's name has it: `+P01`, `-P03`; nothing for the kernel itself. */
  switches: string[];
  policy: string;
  /** `illegal`: no kernel could have this set; `words` say why. */
  how: SearchResult['verdict'] | 'illegal';
  /** The first finding in words. */
  words: string;
  states: number;
}

export type FixStatus = 'idle' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** Switches at most in a set. */
export const MOST = 2;

/** All sets of so many of them, in order. */
export function sets(ids: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return ids.flatMap((id, nth) => sets(ids.slice(nth + 1), size - 1).map((rest) => [id, ...rest]));
}

/** What can be turned over: every switch, and the defects that the kernel has. */
export function turnable(catalog: Catalog, policy: string): string[] {
  const on = switchesOf(catalog, policy);
  return [...catalog.switches, ...catalog.defects.filter((one) => on.has(one.id))].map((one) => one.id);
}

export class FixSearch extends Observed {
  status: FixStatus = 'idle';
  scenario = '';
  source = '';
  policy = '';
  /** The kernel as it is. */
  base: Attempt | null = null;
  /** Sets that were searched with, in the order in which that was done. */
  tried: Attempt[] = [];
  /** Sets left out because a smaller one in them matters. */
  implied = 0;
  /** What is searched with now, which it is among the sets of its size, and the states met so far. */
  now: { switches: string[]; nth: number; of: number; states: number } | null = null;
  error: string | null = null;
  private runs = 0;
  private search: Search | null = null;
  private wake: () => void = () => undefined;

  constructor(private readonly searcher: Searcher) {
    super();
  }

  get isGoing(): boolean {
    return this.status === 'running' || this.status === 'paused';
  }

  private doesMatter({ how }: Attempt): boolean {
    return this.base?.how === 'found' ? how === 'complete' : this.base?.how === 'complete' && how === 'found';
  }

  /** The smallest sets that matter. */
  get matters(): Attempt[] {
    return this.tried.filter((one) => this.doesMatter(one));
  }

  /** What is known of one switch alone on this kernel. */
  alone(id: string, source: string, policy: string): Attempt | null {
    if (source !== this.source || policy !== this.policy) return null;
    return this.tried.find(({ switches: [one, ...more] }) => one?.slice(1) === id && more.length === 0) ?? null;
  }

  /** Begins anew with a scenario on a kernel. */
  async start(catalog: Catalog, { scenario, source, policy }: { scenario: string; source: string; policy: string }): Promise<void> {
    this.stop();
    const run = ++this.runs;
    Object.assign(this, { status: 'running', scenario, source, policy, base: null, tried: [], implied: 0, now: null, error: null });
    const isWanted = (): boolean => run === this.runs;
    try {
      await this.all(catalog, isWanted);
      if (isWanted()) this.status = 'done';
    } catch (reason) {
      const problem = problemOf(reason);
      if (!isWanted() || problem.stopped) return;
      Object.assign(this, { status: 'failed', error: sentence(problem) });
    }
    if (!isWanted()) return;
    this.now = null;
    this.tell();
  }

  private async all(catalog: Catalog, isWanted: () => boolean): Promise<void> {
    const on = switchesOf(catalog, this.policy);
    const signed = (id: string): string => `${on.has(id) ? '-' : '+'}${id}`;
    this.base = await this.attempt([], this.policy, 1, 1);
    // Where even that is not known, nothing can be said to differ from it.
    if (this.base.how === 'bounded' || this.base.how === 'unsound') return;
    const ids = turnable(catalog, this.policy);
    for (let size = 1; size <= MOST; size++) {
      const all = sets(ids, size).map((set) => ({ set, switches: set.map(signed) }));
      const enough = this.matters.map((one) => one.switches);
      const open = all.filter(({ switches }) => !enough.some((smaller) => smaller.every((one) => switches.includes(one))));
      this.implied += all.length - open.length;
      for (const [nth, { set, switches }] of open.entries()) {
        while (this.status === 'paused' && isWanted()) await new Promise<void>((resolve) => (this.wake = resolve));
        if (!isWanted()) return;
        const policy = set.reduce((text, id) => policyText(catalog, text, id), this.policy);
        const attempt = await this.attempt(switches, policy, nth + 1, open.length);
        if (!isWanted()) return;
        this.tried = [...this.tried, attempt];
        this.tell();
      }
    }
  }

  private async attempt(switches: string[], policy: string, nth: number, of: number): Promise<Attempt> {
    this.now = { switches, nth, of, states: 0 };
    this.tell();
    // Any finding counts: a set that only replaces one by another is no fix.
    const request = { scenario: this.source, policy, strategy: 'exhaustive', kind: 'any', shrink: false } as const;
    const search = this.searcher.search(request, ({ states }) => {
      if (this.search !== search || !this.now) return;
      this.now = { ...this.now, states };
      this.tell();
    });
    this.search = search;
    if (this.status === 'paused') search.pause();
    try {
      const { verdict, findings, states } = await search.result;
      if (verdict === 'stopped') throw Object.assign(new Error('stopped'), { stopped: true });
      return { switches, policy, how: verdict, words: findings[0]?.words ?? '', states };
    } catch (reason) {
      const problem = problemOf(reason);
      // The kernel itself could be searched: what the engine then refuses, without a remedy of its own, is the set.
      if (switches.length === 0 || problem.stopped || problem.remedy !== undefined) throw reason;
      return { switches, policy, how: 'illegal', words: problem.message, states: 0 };
    }
  }

  toggle(): void {
    if (!this.isGoing) return;
    const pauses = this.status === 'running';
    this.status = pauses ? 'paused' : 'running';
    if (pauses) this.search?.pause();
    else this.search?.resume();
    this.wake();
    this.tell();
  }

  /** What has been established so far stays. */
  stop(): void {
    if (!this.isGoing) return;
    this.runs++;
    this.search?.stop();
    Object.assign(this, { status: 'stopped', now: null });
    this.wake();
    this.tell();
  }
}
