/** Searches on a worker of its own, asked for a little more again and again, so that it can be paused or stopped in between. */

import { STOPPED } from '../host';
import { Remote } from '../rpc';
import type { Search, Searcher, SearchProgress, SearchRequest, SearchResult } from './types';

/** Milliseconds in which a search that is stopped may still say what it has established. */
const GRACE = 1500;

export class WorkerSearcher implements Searcher {
  private remote: Remote | null = null;
  private tickets = 0;
  /** The search before. */
  private last: Promise<unknown> = Promise.resolve();

  /** `make` starts a worker that answers as `serveSearch` does; there is none before the first search. */
  constructor(private readonly make: () => Worker) {}

  private get there(): Remote {
    if (!this.remote || this.remote.dead) this.remote = new Remote(this.make());
    return this.remote;
  }

  search(request: SearchRequest, progress: (now: SearchProgress, found?: SearchResult) => void): Search {
    const ticket = this.tickets++;
    const before = this.last;
    let remote: Remote | null = null;
    let paused = false;
    let stopped = false;
    let wake: () => void = () => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async (): Promise<SearchResult> => {
      // The previous search has been stopped and ends soon: then the worker is free.
      await before;
      if (stopped) throw STOPPED as unknown as Error;
      const hired = (remote = this.there);
      const call = (method: string, ...args: unknown[]): Promise<unknown> =>
        hired.call(method, ticket, ...args).catch((reason: unknown) => {
          throw stopped && hired.dead ? STOPPED : reason;
        });
      await call('begin', request);
      let reported = false;
      for (let done = false; !done; ) {
        if (paused && !stopped) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        // An engine that has failed is not asked again: the next search makes another one.
        const slice = (await call('advance').catch(lost)) as { done: boolean; progress: SearchProgress };
        ({ done } = slice);
        const shortest: boolean = !reported && !done && slice.progress.phase === 'trimming';
        reported ||= shortest;
        progress(slice.progress, shortest ? ((await call('report')) as SearchResult) : undefined);
      }
      return (await call('report')) as SearchResult;
    };
    const lost = (reason: unknown): never => {
      remote?.end();
      throw reason;
    };
    // Whether the worker could do it shows in what it answers next.
    const tell = (what: 'pause' | 'resume' | 'stop'): void => {
      remote?.call(what, ticket).catch(() => undefined);
      wake();
    };
    const result = run().finally(() => clearTimeout(timer));
    this.last = result.catch(() => undefined);
    return {
      pause: () => {
        if (stopped) return;
        paused = true;
        tell('pause');
      },
      resume: () => {
        paused = false;
        tell('resume');
      },
      stop: () => {
        if (stopped) return;
        stopped = true;
        tell('stop');
        // A set-up takes no message before it is over.
        timer = setTimeout(() => remote?.end(), GRACE);
      },
      result,
    };
  }
}
