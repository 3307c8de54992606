/** Replays the recording: on all cores where the page is isolated, in slices on one thread elsewhere. */

import recordingUrl from '../../tests/data/zlib.trace.gz?url';
import { readCounts, type Counts, type Report } from '../core/counts';
import type { RecordedLife } from '../core/lives';
import { Remote } from './rpc';

export const isolated: boolean = globalThis.crossOriginIsolated;
export const cores: number = isolated ? Math.max(1, navigator.hardwareConcurrency || 1) : 1;

/** A part of memory that the page shares. */
interface Part {
  at: number;
  length: number;
}

/** What a worker tells while it works. */
export type ReplayMessage =
  /** The processes, and into how many stretches each one's life is cut. */
  | { lives: RecordedLife[]; bins: number }
  /** Where the counts, the words of the frames and the bytes of the processes lie in memory that the page shares. */
  | { shared: SharedArrayBuffer; counts: Part; frames: Part; chains: Part }
  /** The counts themselves, where nothing is shared. */
  | { counts: Uint32Array }
  /** The same for frames and processes. */
  | { frames: Uint32Array; chains: Uint8Array };

/** What can be drawn of a replay. In an isolated page it changes by itself. */
export interface ReplayView {
  lives: RecordedLife[];
  bins: number;
  frames: Uint32Array;
  chains: Uint8Array;
}

export class Replay {
  private readonly remote: Remote;
  private shared: Uint32Array | null = null;
  private latest: Counts | null = null;
  private told: Pick<ReplayView, 'lives' | 'bins'> | null = null;
  private drawn: Pick<ReplayView, 'frames' | 'chains'> | null = null;
  private seen: ReplayView | null = null;
  /** How much of the recording has been loaded, in bytes; `of` is null where nobody says how much there is. */
  loaded: { bytes: number; of: number | null } = { bytes: 0, of: null };

  constructor() {
    const worker = isolated
      ? new Worker(new URL('./threads.worker.ts', import.meta.url), { type: 'module', name: 'threads' })
      : new Worker(new URL('./slices.worker.ts', import.meta.url), { type: 'module', name: 'slices' });
    this.remote = new Remote(worker, (message) => this.receive(message as ReplayMessage));
  }

  private receive(message: ReplayMessage): void {
    if ('lives' in message) this.told = message;
    else if ('shared' in message) {
      const { shared, counts, frames, chains } = message;
      this.shared = new Uint32Array(shared, counts.at, counts.length);
      this.drawn = { frames: new Uint32Array(shared, frames.at, frames.length), chains: new Uint8Array(shared, chains.at, chains.length) };
    } else if ('counts' in message) this.latest = readCounts(message.counts);
    else this.drawn = message;
    this.seen = this.told && this.drawn ? { lives: this.told.lives, bins: this.told.bins, frames: this.drawn.frames, chains: this.drawn.chains } : null;
  }

  /** The counts of this moment; null before there are any. */
  get counts(): Counts | null {
    return this.shared ? readCounts(this.shared) : this.latest;
  }

  /** What can be drawn at this moment; null before there is anything. */
  get view(): ReplayView | null {
    return this.seen;
  }

  /** Replays everything. `policy` is a kernel; `workers` counts in an isolated page alone. */
  async run(policy: string, workers: number): Promise<Report> {
    const bytes = await this.load();
    return (await this.remote.call('run', bytes, policy, workers)) as Report;
  }

  private async load(): Promise<Uint8Array> {
    const response = await fetch(recordingUrl);
    if (!response.ok || !response.body) throw new Error(`the recording could not be loaded (${response.status})`);
    // A host that compresses says how much it sends, not how much arrives.
    const size = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      bytes += part.value.length;
      this.loaded = { bytes, of: size > 0 ? size : null };
    }
    const all = new Uint8Array(bytes);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Stops everything at once: a worker that waits for its pool takes no message. */
  end(): void {
    this.remote.end();
  }
}
