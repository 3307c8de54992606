/** Runs in the stepped engine, which lives in a worker. */

import type { Chunk, Hint } from '../core/chunk';
import { normalise, type Rec } from '../core/events';
import type { Arrived, Catalog, Driver, Opened, Operation, ScenarioInfo, Went } from './driver';
import { Remote } from './rpc';
import { plain } from './plain';

/** Numbers for runs: each has one of its own in the worker. */
let next = 0;

export class SteppedDriver implements Driver {
  private readonly run = next++;

  private constructor(private readonly remote: Remote) {}

  static on(worker: Worker): SteppedDriver {
    return new SteppedDriver(new Remote(worker));
  }

  async catalog(): Promise<Catalog> {
    return (await this.remote.call('catalog')) as Catalog;
  }

  async open(source: string, policy: string, name?: string): Promise<Opened> {
    return opened(await this.remote.call('open', this.run, source, policy, name));
  }

  async describe(source: string, name: string): Promise<ScenarioInfo> {
    return (await this.remote.call('describe', source, name)) as ScenarioInfo;
  }

  async visit(link: string): Promise<Arrived> {
    const { opened: run, ...rest } = (await this.remote.call('visit', this.run, link)) as Arrived;
    return { ...(plain(rest) as Omit<Arrived, 'opened'>), opened: opened(run) };
  }

  async link(at: number, selection?: string): Promise<string> {
    return (await this.remote.call('link', this.run, at, selection)) as string;
  }

  async step(at: number, choice?: number): Promise<Went | null> {
    return went(await this.remote.call('step', this.run, at, choice));
  }

  async perform(at: number, process: string, operation: Operation): Promise<Went> {
    const done = went(await this.remote.call('perform', this.run, at, process, operation));
    if (!done) throw new Error('nothing happened');
    return done;
  }

  async follow(source: string, policy: string, name: string, choices: string): Promise<Opened> {
    return opened(await this.remote.call('follow', this.run, source, policy, name, choices));
  }

  async choices(at: number): Promise<string> {
    return (await this.remote.call('choices', this.run, at)) as string;
  }

  async peek(at: number): Promise<Hint[]> {
    return plain(await this.remote.call('peek', this.run, at)) as Hint[];
  }

  another(): SteppedDriver {
    return new SteppedDriver(this.remote);
  }

  async branch(at: number): Promise<SteppedDriver> {
    const other = this.another();
    await this.remote.call('branch', this.run, other.run, at);
    return other;
  }

  end(): void {
    void this.remote.call('end', this.run);
  }
}

type Raw<T> = T & { setup: unknown[]; story: Raw<Chunk>[] };

function opened(raw: unknown): Opened {
  const run = raw as Raw<Opened>;
  return { ...(plain(run) as Opened), setup: run.setup.map(normalise), story: run.story.map(chunk) };
}

function went(raw: unknown): Went | null {
  if (raw == null) return null;
  const { past, chunks, ...rest } = raw as { past?: unknown[]; chunks: unknown[] };
  return { ...(plain(rest) as Pick<Went, 'names' | 'told'>), past: past?.map(chunk) ?? null, chunks: chunks.map(chunk) };
}

function chunk(raw: unknown): Chunk {
  const { records, ...rest } = raw as Chunk;
  return { ...(plain(rest) as Omit<Chunk, 'records'>), records: records.map((rec): Rec => normalise(rec)) };
}
