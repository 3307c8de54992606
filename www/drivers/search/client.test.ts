import { describe, expect, it, vi } from 'vitest';
import type { SearchProgress, SearchRequest } from './types';
import { WorkerSearcher } from './client';

const request: SearchRequest = { scenario: 't3', policy: '2019-12', strategy: 'exhaustive', shrink: true };

/** A worker whose search takes `slices` of them, unless it is stopped. */
class Fake {
  calls: string[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror = null;
  private ticket = -1;
  private at = 0;
  private stopped = false;

  /** After slice `trims` it has found something and makes the scenario smaller. */
  constructor(
    private readonly slices: number,
    private readonly trims = Infinity,
  ) {}

  postMessage({ id, method, args }: { id: number; method: string; args: unknown[] }): void {
    this.calls.push(method);
    const reply = this.answer(method, args);
    queueMicrotask(() => this.onmessage?.({ data: { id, ...reply } }));
  }

  private answer(method: string, [ticket]: unknown[]): object {
    if (method === 'begin') Object.assign(this, { ticket, at: 0, stopped: false });
    if (ticket !== this.ticket) return { error: { message: 'the search gave way to another one' } };
    if (method === 'stop') this.stopped = true;
    if (method === 'advance') {
      this.at += 1;
      const phase = this.at > this.trims ? 'trimming' : 'searching';
      return { result: { done: this.stopped || this.at >= this.slices, progress: { phase, states: this.at } } };
    }
    return { result: method === 'report' ? { verdict: this.stopped ? 'stopped' : 'complete', states: this.at } : undefined };
  }
}

function searcher(slices: number, trims?: number): { fake: Fake; searcher: WorkerSearcher } {
  const fake = new Fake(slices, trims);
  return { fake, searcher: new WorkerSearcher(() => fake as unknown as Worker) };
}

describe('a search on a worker', () => {
  it('goes on until it is over and tells how far it is', async () => {
    const seen: number[] = [];
    const result = await searcher(3).searcher.search(request, (now) => seen.push(now.states)).result;
    expect(seen).toEqual([1, 2, 3]);
    expect(result).toEqual({ verdict: 'complete', states: 3 });
  });

  it('tells once what was found, as soon as it is short, and goes on', async () => {
    const found: unknown[] = [];
    const { fake, searcher: other } = searcher(5, 2);
    const search = other.search(request, (now, known) => found.push([now.states, known?.states]));
    expect((await search.result).states).toBe(5);
    expect(found).toEqual([[1, undefined], [2, undefined], [3, 3], [4, undefined], [5, undefined]]);
    expect(fake.calls.filter((call) => call === 'report')).toHaveLength(2);
  });

  it('asks for nothing while it is paused, and goes on where it was', async () => {
    const { fake, searcher: paused } = searcher(4);
    const seen: SearchProgress[] = [];
    const search = paused.search(request, (now) => {
      seen.push(now);
      if (seen.length === 2) search.pause();
    });
    await vi.waitFor(() => expect(fake.calls).toContain('pause'));
    await new Promise((resolve) => setTimeout(resolve));
    expect(fake.calls.filter((call) => call === 'advance')).toHaveLength(2);
    search.resume();
    expect((await search.result).states).toBe(4);
    expect(fake.calls).toContain('resume');
  });

  it('ends where it is when it is stopped, paused or not', async () => {
    for (const first of ['pause', 'resume'] as const) {
      const { searcher: endless } = searcher(Infinity);
      const search = endless.search(request, (now) => {
        if (now.states < 3) return;
        search[first]();
        search.stop();
      });
      expect((await search.result).verdict).toBe('stopped');
    }
  });

  it('ends with what the engine said when that fails, and the next search has an engine of its own', async () => {
    const made: Fake[] = [];
    let ended = 0;
    const failing = new WorkerSearcher(() => {
      const fake = new Fake(3);
      if (made.push(fake) === 1) {
        fake.postMessage = ({ id, method }) => {
          const reply = method === 'advance' ? { error: { message: 'unreachable' } } : { result: undefined };
          queueMicrotask(() => fake.onmessage?.({ data: { id, ...reply } }));
        };
      }
      return Object.assign(fake, { terminate: () => (ended += 1) }) as unknown as Worker;
    });
    await expect(failing.search(request, () => undefined).result).rejects.toMatchObject({ message: 'unreachable' });
    expect([made.length, ended]).toEqual([1, 1]);
    expect((await failing.search(request, () => undefined).result).verdict).toBe('complete');
    expect([made.length, ended]).toEqual([2, 1]);
  });

  it('gives way to the next one, whose figures are its own', async () => {
    const { searcher: both } = searcher(50);
    const first = both.search(request, () => undefined);
    const outcome = first.result.catch((reason: unknown) => reason);
    first.stop();
    const states: number[] = [];
    const second = both.search(request, (now) => states.push(now.states));
    expect((await second.result).verdict).toBe('complete');
    expect(states).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
    expect(await outcome).toMatchObject({ stopped: true });
  });
});
