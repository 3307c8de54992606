import { beforeEach, describe, expect, it } from 'vitest';
import { Host, STOPPED } from './host';
import { SteppedDriver } from './stepped';

const empty = { names: {}, setup: [], runnable: [], steps: [], findings: [], narration: [] };

/** A worker with runs, each a list of what was called for it; it answers when it is let. */
class Fake {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message?: string; preventDefault(): void }) => void) | null = null;
  readonly runs = new Map<number, string[]>();
  readonly asked: { id: number; method: string; args: unknown[] }[] = [];
  terminated = false;

  postMessage(call: { id: number; method: string; args: unknown[] }): void {
    this.asked.push(call);
    if (call.args[1] !== 'slow' && call.args[1] !== 'deadly') queueMicrotask(() => this.answer(call));
  }
  terminate(): void {
    this.terminated = true;
  }
  answer({ id, method, args }: { id: number; method: string; args: unknown[] }): void {
    if (this.terminated) return;
    const [run, ...rest] = args as [number, ...unknown[]];
    const known = this.runs.get(run);
    let result: unknown = empty;
    if (method === 'branch') this.runs.set(rest[0] as number, [...(known ?? ['?']), `branch ${String(rest[1])}`]);
    else if (method === 'open') this.runs.set(run, [`open ${String(rest[0])}`]);
    else if (!known) return this.onmessage?.({ data: { id, error: { message: 'no scenario is loaded' } } });
    else if (method === 'step') [result] = [{ steps: [] }, known.push(`step ${String(rest[0])}`)];
    else if (method === 'link') result = known.join(', ');
    this.onmessage?.({ data: { id, result } });
  }
}

describe('the engine’s worker', () => {
  let made: Fake[];
  let driver: SteppedDriver;
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 30; n++) await Promise.resolve();
  };
  const last = (): Fake => made.at(-1)!;

  beforeEach(() => {
    made = [];
    const make = (): Worker => {
      made.push(new Fake());
      return last() as unknown as Worker;
    };
    driver = SteppedDriver.on(new Host(make, make()));
  });

  it('is stopped whatever it is at, and the run before is there in the next one', async () => {
    await driver.open('a', 'main');
    await driver.step(0);
    const slow = driver.open('slow', 'main');
    driver.stop();
    await expect(slow).rejects.toBe(STOPPED);
    expect([made.length, last().terminated]).toEqual([1, true]);
    expect(await driver.link(1)).toBe('open a, step 0');
    expect(made.length).toBe(2);
    expect(await driver.link(1)).toBe('open a, step 0');
    expect(last().asked.map((call) => call.method)).toEqual(['open', 'step', 'link', 'link']);
  });

  it('ends for one owner alone: what the others have called for is called again', async () => {
    const other = driver.another();
    await other.open('b', 'main');
    const slow = driver.open('slow', 'main');
    const link = other.link(0);
    const open = driver.another().open('c', 'main');
    await settle();
    driver.stop();
    await expect(slow).rejects.toBe(STOPPED);
    expect(await link).toBe('open b');
    expect(await open).toMatchObject({ steps: [] });
  });

  it('knows branches again, and what they branched off', async () => {
    await driver.open('a', 'main');
    const branch = await driver.branch(3);
    await branch.step(3);
    const slow = driver.another();
    const opening = slow.open('slow', 'main');
    slow.stop();
    await expect(opening).rejects.toBe(STOPPED);
    expect(await branch.link(4)).toBe('open a, branch 3, step 3');
    expect(await driver.link(3)).toBe('open a');
  });

  it('dies with what it was at, and says why; nothing else is lost', async () => {
    await driver.open('a', 'main');
    const other = driver.another();
    const deadly = other.open('deadly', 'main');
    const link = driver.link(0);
    last().onmessage?.({ data: { death: { message: 'Out of memory in this tab', remedy: 'use fewer frames' } } });
    await expect(deadly).rejects.toEqual({ message: 'Out of memory in this tab', remedy: 'use fewer frames' });
    expect(await link).toBe('open a');
    expect([made.length, made[0]?.terminated]).toEqual([2, true]);
  });

  it('says so if it cannot be loaded', async () => {
    const deadly = driver.open('deadly', 'main');
    last().onerror?.({ preventDefault: () => undefined });
    await expect(deadly).rejects.toMatchObject({ message: 'The engine could not be loaded' });
  });

  it('tells how far it is to whose call it is at', async () => {
    const heard: unknown[] = [];
    const other = driver.another();
    driver.onProgress(({ turns }) => heard.push(['first', turns]));
    other.onProgress(({ turns }) => heard.push(['other', turns]));
    const slow = driver.open('slow', 'main');
    const opening = other.open('b', 'main');
    last().onmessage?.({ data: { progress: { doing: 'run', turns: 64, of: null } } });
    expect(heard).toEqual([['first', 64]]);
    driver.stop();
    await expect(slow).rejects.toBe(STOPPED);
    await opening;
  });
});
