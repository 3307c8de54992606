/** What a search's worker answers: the same for both builds of the engine. */

import type { EngineSearch, EngineModule } from '../engine';
import { serve } from '../rpc';
import { askPanicked, deathOf } from '../trap';

/** Milliseconds of work between two looks at the figures. */
const SLICE = 60;
/** Turns between two looks at the clock. */
const TURNS = 20_000;

/** `prepare` loads the engine and whatever it runs on. */
export function serveSearch(engine: EngineModule, prepare: () => Promise<unknown>): void {
  let ready: Promise<unknown> | null = null;
  let search: EngineSearch | null = null;
  let current = -1;
  const going = (ticket: number): EngineSearch => {
    if (!search || ticket !== current) throw new Error('the search gave way to another one');
    return search;
  };
  serve({
    begin: async (ticket: number, request: unknown) => {
      await (ready ??= prepare());
      // Workers that still run the previous search return once it is freed.
      search?.free();
      search = null;
      current = ticket;
      search = new engine.Search(request);
    },
    /** Whether it is over, and how far it is. */
    advance: async (ticket: number) => {
      const search = going(ticket);
      const until = performance.now() + SLICE;
      let done = false;
      while (!done && performance.now() < until) {
        done = search.advance(TURNS);
        // Others search: all that this thread can do is wait and look again.
        if (!done && search.elsewhere()) await new Promise((resolve) => setTimeout(resolve, SLICE / 6));
      }
      return { done, progress: search.progress() };
    },
    pause: (ticket: number) => going(ticket).pause(),
    resume: (ticket: number) => going(ticket).resume(),
    /** It is over once all who search have heard it. */
    stop: (ticket: number) => going(ticket).stop(),
    report: (ticket: number) => going(ticket).report(),
  }, (error) => deathOf(error, askPanicked(engine), 'search with the fewest preemptions first, or use fewer frames (the `frames` line)'));
}
