/** Replays the recording: on all cores where the page is isolated, in slices on one thread elsewhere. */

import recordingUrl from '../../tests/data/zlib.trace.gz?url';
import { readCounts, type Counts, type Report } from '../core/counts';
import { Remote } from './rpc';

export const isolated: boolean = globalThis.crossOriginIsolated;
export const cores: number = isolated ? Math.max(1, navigator.hardwareConcurrency || 1) : 1;

/** What a worker tells while it works. */
export type ReplayMessage =
  /** Where the counts lie in memory that the page shares. */
  | { shared: SharedArrayBuffer; at: number; words: number }
  /** The counts themselves, where nothing is shared. */
  | { counts: Uint32Array };

export class Replay {
  private readonly remote: Remote;
  private shared: Uint32Array | null = null;
  private latest: Counts | null = null;

  constructor() {
    const worker = isolated
      ? new Worker(new URL('./threads.worker.ts', import.meta.url), { type: 'module', name: 'threads' })
      : new Worker(new URL('./slices.worker.ts', import.meta.url), { type: 'module', name: 'slices' });
    this.remote = new Remote(worker, (message) => this.receive(message as ReplayMessage));
  }

  private receive(message: ReplayMessage): void {
    if ('shared' in message) this.shared = new Uint32Array(message.shared, message.at, message.words);
    else this.latest = readCounts(message.counts);
  }

  /** The counts of this moment; null before there are any. */
  get counts(): Counts | null {
    return this.shared ? readCounts(this.shared) : this.latest;
  }

  /** Replays everything. `policy` is a kernel; `workers` counts in an isolated page alone. */
  async run(policy: string, workers: number): Promise<Report> {
    const response = await fetch(recordingUrl);
    if (!response.ok) throw new Error(`the recording could not be loaded (${response.status})`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return (await this.remote.call('run', bytes, policy, workers)) as Report;
  }

  /** Stops everything at once: a worker that waits for its pool takes no message. */
  end(): void {
    this.remote.end();
  }
}
