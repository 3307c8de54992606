/** The stepped engine, on one thread of its own: any number of runs, each under a number that the page gives it. */

import * as module from '../../pkg/single/faultline.js';
import type { EngineModule, EngineSession } from './engine';
import { serve } from './rpc';

const engine = module as unknown as EngineModule;
/** Begun before anybody asks: the page's own script loads meanwhile. */
const ready = engine.default();
const sessions = new Map<number, EngineSession>();

function run(id: number): EngineSession {
  const session = sessions.get(id);
  if (!session) throw new Error('no scenario is loaded');
  return session;
}

function put(id: number, session: EngineSession): EngineSession {
  sessions.get(id)?.free();
  sessions.set(id, session);
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
  visit: async (id: number, link: string) => {
    await ready;
    const visit = new engine.Visit(link);
    const arrived = visit.arrived();
    put(id, visit.session());
    return arrived;
  },
  link: (id: number, at: number, selection?: string) => run(id).link(at, selection),
  open: async (id: number, source: string, policy: string, name?: string) => {
    await ready;
    return put(id, new engine.Session(source, policy, name)).open();
  },
  step: (id: number, at: number, choice?: number) => run(id).step(at, choice),
  perform: (id: number, at: number, process: string, operation: unknown) => run(id).perform(at, process, operation),
  follow: async (id: number, source: string, policy: string, name: string, choices: string) => {
    await ready;
    return put(id, new engine.Session(source, policy, name)).follow(choices);
  },
  choices: (id: number, at: number) => run(id).choices(at),
  peek: (id: number, at: number) => run(id).peek(at),
  branch: (id: number, into: number, at: number) => void put(into, run(id).branch(at)),
  end: (id: number) => {
    sessions.get(id)?.free();
    sessions.delete(id);
  },
});
