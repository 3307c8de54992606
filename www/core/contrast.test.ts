import { describe, expect, it } from 'vitest';
import { opened } from '../build/testing';
import { align, partings } from './compare';
import { contrasts, differences } from './contrast';
import { fold } from './fold';
import { Namer } from './names';
import { emptyScene } from './scene';
import { names, oneProcess, records, withChild } from './testing';
import type { Event } from './events';

const namer = new Namer(names);
const state = (...events: Event[]) => ({ scene: fold(records(...events), emptyScene()), names: namer });
const freed: Event[] = [{ kind: 'page_remove', page: 7, object: 0, index: 0 }, { kind: 'page_free', page: 7 }];

describe('two states', () => {
  it('differ in nothing where all things are the same', () => {
    expect(differences(state(...withChild), state(...withChild))).toEqual([]);
  });

  it('are the same whatever numbers the things have', () => {
    const other: Event[] = structuredClone(oneProcess).map((event) => ('page' in event && event.page === 7 ? { ...event, page: 8 } : event));
    const moved = other.map((event): Event => (event.kind === 'entry' && event.level === 1 ? { ...event, bits: event.bits + (1n << 12n) } : event));
    expect(differences(state(...oneProcess), state(...moved))).toEqual([]);
  });

  it('differ most in a mapping of a free page', () => {
    const [most] = differences(state(...withChild), state(...withChild, ...freed));
    expect(most?.right).toBe('*A*’s `va0` still leads to page 0 of O, which is free');
    expect(most?.left).toBe('*A*’s `va0` leads to page 0 of O, its own page');
  });

  it('differ in who keeps a page busy, what an object shadows, and what a task waits for, each in a sentence', () => {
    const busy: Event = { kind: 'page_busy', page: 7, state: { busy: 'exclusive', owner: 0 } };
    const cut: Event = { kind: 'object_unlink', object: 1, backing: 0 };
    const said = differences(state(...withChild, busy), state(...withChild, cut, { kind: 'object_pip', object: 0, count: 1 })).map(({ left, right }) => `${left} / ${right}`);
    expect(said).toContain('*A1* keeps page 0 of O busy / Page 0 of O is not busy');
    expect(said).toContain('S shadows O / S shadows nothing');
    expect(said).toContain('O has no paging in progress / O has 1 paging in progress');
  });

  it('tell first what they did not differ in before', () => {
    const busy: Event = { kind: 'page_busy', page: 7, state: { busy: 'exclusive', owner: 0 } };
    const cut: Event = { kind: 'object_unlink', object: 1, backing: 0 };
    const [left, right] = [state(...withChild, busy, cut), state(...withChild)];
    expect(differences(left, right)[0]?.key).toBe('busy O[0]');
    expect(differences(left, right, new Set(['busy O[0]']))[0]?.key).toBe('backing S');
  });
});

/** What both sides of a scenario are told to differ in, by what one of them does there. */
async function told(name: string, before: string, after: string): Promise<string[]> {
  const [left, right] = [await opened(name, before), await opened(name, after)];
  const joints = align(left.steps, right.steps);
  const parted = partings(left, right, joints);
  return contrasts(left, right, joints, parted).map((one) => (one ? `${one.left} / ${one.right}` : 'same'));
}

describe('runs of the gallery under two kernels', { timeout: 60_000 }, () => {
  it('differ first in the page that the fix keeps busy, then in the chain, then in the mapping of a free page', async () => {
    const [first, second] = await told('t3', '2019-12', '2020-01-fixed');
    expect(first).toBe('`p0` is not busy / *B1* keeps `p0` busy');
    expect(second).toBe('M shadows nothing / M shadows O');
    const all = await told('t3-story', '2019-12', '2020-01-fixed');
    expect(all).toContain('*B*’s `va0` still leads to `p0`, which is free / *B*’s `va0` leads to `p0`, its own page');
  });

  it('differ in a translation where an entry is replaced before the flush', async () => {
    const [first] = await told('tlb', 'main,P16=write-first', 'main');
    expect(first).toBe('*P*’s `va0` is mapped to page 0 of o3, writable / *P*’s `va0` is not mapped');
  });

  it('differ in who sleeps where a wakeup is lost', async () => {
    const all = await told('lost-wakeup', 'main,+P18', 'main');
    expect(all[0]).toBe('*T2* is awake / *T2* is asleep on busy page 1 of O');
    expect(all).toContain('*T2* is asleep on busy page 1 of O / *T2* is awake');
  });

  it('differ in how a page is busy where soft faults share it', async () => {
    const [first] = await told('g6', '2019-12', 'main');
    expect(first).toBe('*Q* keeps page 0 of O busy / Page 0 of O is shared busy, with 1 holder');
  });
});
