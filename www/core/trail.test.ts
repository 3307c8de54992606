import { describe, expect, it } from 'vitest';
import type { Event } from './events';
import { fold } from './fold';
import { layout } from './layout';
import { Namer } from './names';
import { names, records, VA, withChild } from './testing';
import { belonging, faultTrails, trailOf } from './trail';

const namer = new Namer(names);
const faulting: Event[] = [
  { kind: 'fault_enter', va: VA, write: true, protection: false },
  { kind: 'fault_lookup', entry: 1, object: 1, index: 0 } as unknown as Event,
  { kind: 'page_alloc', page: 8, object: 1, index: 0 },
];
const walked = { kind: 'fault_walk', object: 0, index: 0 } as unknown as Event;
const asTask = (...events: Event[]) => fold(events.map((event) => ({ step: 1, task: 1, ...event })), fold(records(...withChild)));
const answers = (scene: ReturnType<typeof asTask>) => faultTrails(scene, namer).map((trail) => trail.stops.map(({ object, found }) => [object.id, found]));

describe('the way of a fault', () => {
  it('goes down the chain, and each object says whether it has the page', () => {
    expect(answers(asTask(...faulting))).toEqual([[[1, false]]]);
    expect(answers(asTask(...faulting, walked))).toEqual([[[1, false], [0, true]]]);
  });

  it('stays as it was asked when the page has come meanwhile, and ends with the fault', () => {
    const copied: Event[] = [{ kind: 'page_valid', page: 8, valid: true }];
    expect(answers(asTask(...faulting, walked, ...copied))).toEqual([[[1, false], [0, true]]]);
    expect(answers(asTask(...faulting, walked, { kind: 'fault_end' } as unknown as Event))).toEqual([]);
  });

  it('is known for any address, with the lines, the objects and the pages that belong to it', () => {
    const scene = fold(records(...withChild));
    const trail = trailOf(scene, { process: 1, va: VA });
    expect(trail.stops.map(({ object, index, found }) => [object.id, index, found])).toEqual([[1, 0, false], [0, 0, true]]);
    const { lines, boxes, frames } = belonging(scene, trail, layout(scene, { width: 800 }));
    expect([...lines].sort()).toEqual(['b1', 'e1.1']);
    expect([boxes.size, [...frames]]).toEqual([2, [7]]);
  });
});
