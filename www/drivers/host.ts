/** The engine's worker, shared by several owners: it can be stopped at any moment, and is then made anew. */

import type { Problem } from '../core/problem';
import type { Progress } from '../core/work';
import { LOST, Remote } from './rpc';

/** The user has stopped it. */
export const STOPPED: Problem = { message: 'Stopped', stopped: true };

/** Whose calls are stopped together. */
export class Owner {
  /** Hears how far its own call is. */
  heard: (progress: Progress) => void = () => undefined;
}

export class Host {
  private remote: Remote;
  /** Counts workers: what one of them knew the next one does not. */
  private made = 0;
  /** Owners of the calls that are not answered, the oldest first: that is the one the worker is at. */
  private readonly calls: Owner[] = [];
  private readonly stopped = new WeakMap<Owner, number>();

  constructor(
    private readonly make: () => Worker,
    first: Worker,
  ) {
    this.remote = this.on(first);
  }

  private on(worker: Worker): Remote {
    return new Remote(worker, (message) => this.calls[0]?.heard((message as { progress: Progress }).progress));
  }

  /** The number of the worker that there is. */
  get generation(): number {
    if (this.remote.dead) {
      this.made++;
      this.remote = this.on(this.make());
    }
    return this.made;
  }

  /** Rejects with `STOPPED` if its owner has it stopped, with `LOST` if the worker has ended for another's sake. */
  async call(owner: Owner, method: string, ...args: unknown[]): Promise<unknown> {
    const { generation } = this;
    this.calls.push(owner);
    try {
      return await this.remote.call(method, ...args);
    } catch (reason) {
      throw reason === LOST && this.stopped.get(owner) === generation ? STOPPED : reason;
    } finally {
      this.calls.splice(this.calls.indexOf(owner), 1);
    }
  }

  /** Ends what the owner has called for, by ending the worker. */
  stop(owner: Owner): void {
    if (!this.calls.includes(owner)) return;
    // The worker that is there now, not one that would be made for the next call.
    this.stopped.set(owner, this.made);
    this.remote.end();
  }
}
