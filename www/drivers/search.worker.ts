/** A search on a thread of its own: the page asks for a little more of it, again and again. */

import * as module from '../../pkg/single/faultline.js';
import type { EngineHunt, EngineModule } from './engine';
import { serve } from './rpc';

const engine = module as unknown as EngineModule;
const ready = engine.default();
let hunt: EngineHunt | null = null;

/** Milliseconds of work between two looks at the figures. */
const SLICE = 60;
/** Turns between two looks at the clock. */
const TURNS = 20_000;

function going(): EngineHunt {
  if (!hunt) throw new Error('nothing is being searched');
  return hunt;
}

serve({
  begin: async (request: unknown) => {
    await ready;
    hunt?.free();
    hunt = null;
    hunt = new engine.Hunt(request);
  },
  /** Whether it is over, and how far it is. */
  advance: () => {
    const until = performance.now() + SLICE;
    let done = false;
    while (!done && performance.now() < until) done = going().advance(TURNS);
    return { done, progress: going().progress() };
  },
  report: () => going().report(),
});
