/** The stepped engine, on one thread of its own: any number of runs, each under a number that the page gives it. */

import * as module from '../../pkg/single/faultline.js';
import type { Progress } from '../core/work';
import type { EngineModule, EngineSession } from './engine';
import { serve } from './rpc';
import { askPanicked, deathOf } from './trap';

const engine = module as unknown as EngineModule;
/** Begun before anybody asks: the page's own script loads meanwhile. */
const ready = engine.default();
const sessions = new Map<number, EngineSession>();

function run(id: number): EngineSession {
  const session = sessions.get(id);
  if (!session) throw new Error('no scenario is loaded');
  return session;
}

/** Takes the place of the run that had the number: only what could be opened does. */
function put(id: number, session: EngineSession): void {
  sessions.get(id)?.free();
  sessions.set(id, session);
}

/** Milliseconds between two messages of progress. */
const APART = 100;
let lastMessage = 0;

/** A message leaves at once, although the engine goes on. */
function onProgress(doing: Progress['doing'], turns: number, of?: number): void {
  const now = performance.now();
  if (now - lastMessage < APART) return;
  lastMessage = now;
  self.postMessage({ progress: { doing, turns, of: of ?? null } satisfies Progress });
}

serve({
  catalog: async () => {
    await ready;
    return engine.catalog();
  },
  require: async (name: string) => {
    await ready;
    engine.requireScenario(name);
  },
  describe: async (source: string, name: string) => {
    await ready;
    return engine.describe(source, name);
  },
  openLink: async (id: number, link: string) => {
    await ready;
    const session = new engine.LinkSession(link, onProgress);
    const opened = session.opened();
    put(id, session.session());
    return opened;
  },
  link: (id: number, at: number, selection?: string) => run(id).link(at, selection),
  open: async (id: number, source: string, policy: string, name?: string) => {
    await ready;
    const session = new engine.Session(source, policy, name, onProgress);
    const opened = session.open();
    put(id, session);
    return opened;
  },
  step: (id: number, at: number, choice?: number) => run(id).step(at, choice),
  perform: (id: number, at: number, process: string, operation: unknown) => run(id).perform(at, process, operation),
  follow: async (id: number, source: string, policy: string, name: string, choices: string) => {
    await ready;
    const session = new engine.Session(source, policy, name, onProgress);
    const opened = session.follow(choices);
    put(id, session);
    return opened;
  },
  slice: (id: number, at: number) => [...run(id).slice(at)],
  choices: (id: number, at: number) => run(id).choices(at),
  peek: (id: number, at: number) => run(id).peek(at),
  branch: (id: number, into: number, at: number) => put(into, run(id).branch(at)),
  end: (id: number) => {
    sessions.get(id)?.free();
    sessions.delete(id);
  },
}, (error) => deathOf(error, askPanicked(engine), 'use fewer frames (the `frames` line)'));
