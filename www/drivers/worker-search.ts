/** Searches on a worker of its own, asked for a little more again and again, so that it hears when it is to wait or stop. */

import { Remote } from './rpc';
import type { Search, Searcher, SearchProgress, SearchRequest, SearchResult } from './searcher';
import { plain } from './plain';

export class WorkerSearcher implements Searcher {
  private remote: Remote | null = null;
  private tickets = 0;

  /** `make` starts a worker that answers as `serveSearch` does; there is none before somebody searches. */
  constructor(private readonly make: () => Worker) {}

  search(request: SearchRequest, progress: (now: SearchProgress, found?: SearchResult) => void): Search {
    const ticket = this.tickets++;
    const remote = (this.remote ??= new Remote(this.make()));
    let paused = false;
    let stopped = false;
    let wake: () => void = () => undefined;
    // An engine that has failed is not asked again: the next search makes another one.
    const lost = (reason: unknown): never => {
      // Unless it only gave way to a later search, which it now does.
      if (ticket === this.tickets - 1 && this.remote === remote) {
        this.remote = null;
        remote.end();
      }
      throw reason;
    };
    const run = async (): Promise<SearchResult> => {
      await remote.call('begin', ticket, request);
      let told = false;
      for (let done = false; !done; ) {
        if (paused && !stopped) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        const slice = plain(await remote.call('advance', ticket).catch(lost)) as { done: boolean; progress: SearchProgress };
        ({ done } = slice);
        const shortest: boolean = !told && !done && slice.progress.phase === 'trimming';
        told ||= shortest;
        progress(slice.progress, shortest ? (plain(await remote.call('report', ticket)) as SearchResult) : undefined);
      }
      return plain(await remote.call('report', ticket)) as SearchResult;
    };
    // Whether the worker could do it shows in what it answers next.
    const tell = (what: 'pause' | 'resume' | 'stop'): void => {
      remote.call(what, ticket).catch(() => undefined);
      wake();
    };
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
        stopped = true;
        tell('stop');
      },
      result: run(),
    };
  }
}
