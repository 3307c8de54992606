/** Searches in slices on a worker of its own, so that it can be paused and stopped between two of them. */

import { Remote } from './rpc';
import type { Search, Searcher, SearchProgress, SearchRequest, SearchResult } from './searcher';

export class SliceSearcher implements Searcher {
  private remote: Remote | null = null;

  /** `make` starts a worker; there is one only while somebody searches. */
  constructor(private readonly make: () => Worker) {}

  search(request: SearchRequest, progress: (now: SearchProgress) => void): Search {
    let wanted: 'go' | 'pause' | 'stop' = 'go';
    let go: () => void = () => undefined;
    this.remote ??= new Remote(this.make());
    const { remote } = this;
    /** Time that it was at work, without its pauses. */
    let worked = 0;
    const run = async (): Promise<SearchResult> => {
      await remote.call('begin', request);
      for (let done = false; !done && wanted !== 'stop'; ) {
        if (wanted === 'pause') {
          await new Promise<void>((resolve) => (go = resolve));
          continue;
        }
        const before = performance.now();
        const slice = small(await remote.call('advance')) as { done: boolean; progress: Omit<SearchProgress, 'seconds'> };
        worked += performance.now() - before;
        ({ done } = slice);
        progress({ ...slice.progress, seconds: worked / 1000 });
      }
      return { ...(small(await remote.call('report')) as Omit<SearchResult, 'seconds'>), seconds: worked / 1000 };
    };
    const change = (to: typeof wanted): void => {
      if (wanted !== 'stop') wanted = to;
      go();
    };
    return { pause: () => change('pause'), resume: () => change('go'), stop: () => change('stop'), result: run() };
  }
}

/** Counts come as bigints where they may be large; all of them fit a number. */
function small(raw: unknown): unknown {
  if (typeof raw === 'bigint') return Number(raw);
  if (Array.isArray(raw)) return raw.map(small);
  if (raw !== null && typeof raw === 'object') {
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, small(value)]));
  }
  return raw;
}
