import { expect, it } from 'vitest';
import { fold } from './fold';
import { layout } from './layout';
import { Namer } from './names';
import { signals } from './signals';
import { names, records, withChild } from './testing';
import type { Event } from './events';

const lock = { class: 'object' as const, index: 0 };
const waits: Event[] = [{ kind: 'wakeup', channel: { on: 'lock', lock }, tasks: 1 }];

it('a lock flies from the task to its object and back, a wakeup from the task to the sleeper', () => {
  const before = fold(records(...withChild));
  before.tasks.set(1, { id: 1, at: 'begin', op: 0, opsDone: 0, waits: { channel: { on: 'lock', lock }, words: '' }, holds: [], fault: null, error: 0 });
  const sent = [{ kind: 'acquire', lock, mode: 'write' }, { kind: 'release', lock }, ...waits] satisfies Event[];
  const scene = fold(records(...sent), before);
  expect(scene.woken).toEqual([1]);
  const at = layout(scene, { width: 830, height: 616 });
  const all = signals(scene, new Namer(names), at, records(...sent));
  expect(all.map((one) => one.what)).toEqual(['lock', 'lock', 'wakeup']);
  const [taken, dropped, woken] = all;
  expect([taken?.from, taken?.to]).toEqual([dropped?.to, dropped?.from]);
  const box = at.boxes.find((one) => one.object.id === 0);
  expect(box && taken && taken.to.x > box.x && taken.to.x < box.x + box.w && taken.to.y > box.y && taken.to.y < box.y + box.h).toBe(true);
  expect(woken?.from).toEqual(taken?.from);
  expect(woken?.to.x).toBeGreaterThan(at.columns.find((one) => one.process.id === 1)?.x ?? Infinity);
});

it('what is not in the picture sends nothing', () => {
  const scene = fold(records(...withChild));
  const at = { ...layout(scene, { width: 830, height: 616 }), columns: [] };
  expect(signals(scene, new Namer(names), at, records({ kind: 'acquire', lock, mode: 'write' }))).toEqual([]);
});
