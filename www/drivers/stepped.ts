/** Runs in the stepped engine, which lives in a worker. */

import type { Hint } from '../core/step-record';
import type { Progress } from '../core/work';
import type { OpenedLink, Catalog, Driver, OpenedRun, Operation, ScenarioInfo, StepResult } from './driver';
import { Owner, type Host } from './host';
import { LOST } from './rpc';

/** Numbers for runs: each has one of its own in the worker. */
let next = 0;

/** How a run came to be what it is in the worker: what was called for it, first to last, or a run it branched off. */
type Entry = { method: string; args: unknown[] } | { parent: Entry[]; at: number };

export class SteppedDriver implements Driver {
  private readonly run = next++;
  private journal: Entry[] = [];
  /** The worker that knows the run. */
  private generation: number;
  private restoring: Promise<void> | null = null;

  private constructor(
    private readonly host: Host,
    private readonly owner: Owner,
  ) {
    this.generation = host.generation;
  }

  static on(host: Host): SteppedDriver {
    return new SteppedDriver(host, new Owner());
  }

  onProgress(listener: (progress: Progress) => void): void {
    this.owner.heard = listener;
  }

  stop(): void {
    this.host.stop(this.owner);
  }

  /** A call that needs no run. If the worker ends for another's sake, the next one is asked. */
  private async ask(method: string, ...args: unknown[]): Promise<unknown> {
    for (;;) {
      try {
        return await this.host.call(this.owner, method, ...args);
      } catch (reason) {
        if (reason !== LOST) throw reason;
      }
    }
  }

  /** A call that makes the run anew. */
  private async begin(method: string, ...args: unknown[]): Promise<unknown> {
    const made = await this.ask(method, this.run, ...args);
    this.generation = this.host.generation;
    this.journal = [{ method, args }];
    return made;
  }

  /** A call about the run, which a worker that does not have it is given first. */
  private async about(method: string, ...args: unknown[]): Promise<unknown> {
    for (;;) {
      try {
        // Without a wait where there is nothing to wait for: calls are answered in the order in which they are made.
        if (this.generation !== this.host.generation) await (this.restoring ??= this.restore());
        return await this.host.call(this.owner, method, this.run, ...args);
      } catch (reason) {
        if (reason !== LOST) throw reason;
      }
    }
  }

  /** The same for a call that changes the run. */
  private async change(method: string, ...args: unknown[]): Promise<unknown> {
    const done = await this.about(method, ...args);
    this.journal.push({ method, args });
    return done;
  }

  private async restore(): Promise<void> {
    try {
      const { generation } = this.host;
      await this.repeat(this.run, this.journal);
      this.generation = generation;
    } finally {
      this.restoring = null;
    }
  }

  private async repeat(run: number, journal: Entry[]): Promise<void> {
    for (const entry of journal) {
      if ('method' in entry) await this.host.call(this.owner, entry.method, run, ...entry.args);
      else {
        const parent = next++;
        await this.repeat(parent, entry.parent);
        await this.host.call(this.owner, 'branch', parent, run, entry.at);
        await this.host.call(this.owner, 'end', parent);
      }
    }
  }

  async catalog(): Promise<Catalog> {
    return (await this.ask('catalog')) as Catalog;
  }

  async require(name: string): Promise<void> {
    await this.ask('require', name);
  }

  async open(source: string, policy: string, name?: string): Promise<OpenedRun> {
    return (await this.begin('open', source, policy, name)) as OpenedRun;
  }

  async describe(source: string, name: string): Promise<ScenarioInfo> {
    return (await this.ask('describe', source, name)) as ScenarioInfo;
  }

  async openLink(link: string): Promise<OpenedLink> {
    return (await this.begin('openLink', link)) as OpenedLink;
  }

  async link(at: number, selection?: string): Promise<string> {
    return (await this.about('link', at, selection)) as string;
  }

  async step(at: number, choice?: number): Promise<StepResult | null> {
    return (await this.change('step', at, choice)) as StepResult | null;
  }

  async perform(at: number, process: string, operation: Operation): Promise<StepResult> {
    return (await this.change('perform', at, process, operation)) as StepResult;
  }

  async follow(source: string, policy: string, name: string, choices: string): Promise<OpenedRun> {
    return (await this.begin('follow', source, policy, name, choices)) as OpenedRun;
  }

  async slice(at: number): Promise<readonly number[]> {
    return (await this.about('slice', at)) as number[];
  }

  async choices(at: number): Promise<string> {
    return (await this.about('choices', at)) as string;
  }

  async peek(at: number): Promise<Hint[]> {
    return (await this.about('peek', at)) as Hint[];
  }

  another(): SteppedDriver {
    return new SteppedDriver(this.host, new Owner());
  }

  anew(): SteppedDriver {
    return new SteppedDriver(this.host, this.owner);
  }

  async branch(at: number): Promise<SteppedDriver> {
    const other = this.anew();
    const parent = [...this.journal];
    await this.about('branch', other.run, at);
    other.generation = this.generation;
    other.journal = [{ parent, at }];
    return other;
  }

  end(): void {
    if (this.generation === this.host.generation) this.host.call(this.owner, 'end', this.run).catch(() => undefined);
  }
}
