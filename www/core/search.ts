/** A search as the panel shows it: what was asked, how far it is, what came of it. */

import type { Search, Searcher, SearchProgress, SearchRequest, SearchResult } from '../drivers/searcher';

export type SearchStatus = 'idle' | 'running' | 'paused' | 'done' | 'failed';

export class SearchRun {
  status: SearchStatus = 'idle';
  request: SearchRequest | null = null;
  /** The scenario's name and the kernel, for whoever has gone on meanwhile. */
  about = '';
  progress: SearchProgress | null = null;
  result: SearchResult | null = null;
  error: string | null = null;
  private search: Search | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly searcher: Searcher) {}

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  /** Begins anew; a search that is still running ends first. */
  async start(request: SearchRequest, about: string): Promise<void> {
    this.stop();
    Object.assign(this, { request, about, status: 'running', progress: null, result: null, error: null });
    const search = this.searcher.search(request, (now) => {
      if (this.search !== search) return;
      this.progress = now;
      this.tell();
    });
    this.search = search;
    this.tell();
    try {
      const result = await search.result;
      if (this.search === search) Object.assign(this, { result, status: 'done' });
    } catch (reason) {
      if (this.search === search) Object.assign(this, { error: messageOf(reason), status: 'failed' });
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

  get isGoing(): boolean {
    return this.status === 'running' || this.status === 'paused';
  }
}

function messageOf(reason: unknown): string {
  if (reason === null || typeof reason !== 'object' || !('message' in reason)) return String(reason);
  const { message, remedy } = reason as { message: unknown; remedy?: unknown };
  return typeof remedy === 'string' ? `${String(message)}: ${remedy}` : String(message);
}

/** Large numbers so that they can be read at a glance. */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US');

export const seconds = (s: number): string => (s < 10 ? `${s.toFixed(s < 1 ? 2 : 1)} s` : `${Math.round(s)} s`);

/** Label and figure, in the order in which they matter. */
export function figures(now: SearchProgress | SearchResult): [string, string][] {
  const rows: [string, string][] = [
    ['states', count(now.states)],
    ['steps', count(now.steps)],
    ['executions', count(now.executions)],
    ['time', seconds(now.seconds)],
  ];
  if (now.seconds > 0) {
    const [what, n] = now.states > 0 ? (['states a second', now.states] as const) : (['executions a second', now.executions] as const);
    rows.push([what, count(n / now.seconds)]);
  }
  if ('frontier' in now) {
    rows.push(['frontier', count(now.frontier)]);
    if (now.bound != null) rows.push(['preemptions', `up to ${now.bound}`]);
    if (now.share != null) rows.push(['share done', `${(now.share * 100).toFixed(1)} %`]);
  }
  return rows;
}
