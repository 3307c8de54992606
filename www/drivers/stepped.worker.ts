/** The stepped engine, on one thread of its own. */

import * as module from '../../pkg/single/faultline.js';
import type { EngineModule, EngineSession } from './engine';
import { serve } from './rpc';

const engine = module as unknown as EngineModule;
/** Begun before anybody asks: the page's own script loads meanwhile. */
const ready = engine.default();
let session: EngineSession | null = null;

function open(): EngineSession {
  if (!session) throw new Error('no scenario is loaded');
  return session;
}

serve({
  catalog: async () => {
    await ready;
    return engine.catalog();
  },
  describe: async (source: string, name: string) => {
    await ready;
    return engine.describe(source, name);
  },
  visit: async (link: string) => {
    await ready;
    const visit = new engine.Visit(link);
    const arrived = visit.arrived();
    session?.free();
    session = visit.session();
    return arrived;
  },
  link: (at: number, selection?: string) => open().link(at, selection),
  open: async (source: string, policy: string, name?: string) => {
    await ready;
    const next = new engine.Session(source, policy, name);
    session?.free();
    session = next;
    return next.open();
  },
  step: (at: number, choice?: number) => open().step(at, choice),
  perform: (at: number, process: string, operation: unknown) => open().perform(at, process, operation),
  report: () => open().report(),
});
