/** The way of a fault: from an address to its entry and down the chain, asking each object whether it has the page. */

import { chainOf, entryAt, walk } from './inspect';
import { vpn } from './events';
import type { Layout, ObjectBox } from './layout-types';
import type { Namer } from './names';
import type { Obj, Scene } from './scene';
import type { AddressSelection } from './selection';

export interface Stop {
  object: Obj;
  index: number;
  /** The object has the page, and its contents count. */
  found: boolean;
}

export interface Trail extends AddressSelection {
  /** The task whose fault it is; none if a fault there would take this way. */
  task: number | null;
  stops: Stop[];
}

/** The ways of the faults that are under way, that of the acting task last. */
export function faultTrails(scene: Scene, names: Namer): Trail[] {
  const trails = [...scene.tasks.values()].flatMap(({ id, op, fault }): Trail[] => {
    const process = names.processDoing(id, op);
    if (!fault || process === null) return [];
    const walked = fault.walk.map((object) => scene.objects.get(object)).filter((object) => object !== undefined);
    // A task that went on did not find it there, whatever has come there since.
    const asked = stops(scene, process, fault.va, walked).map((stop, nth) => ({ ...stop, found: stop.found && nth === walked.length - 1 }));
    return [{ task: id, process, va: fault.va, stops: asked }];
  });
  return trails.sort((a, b) => Number(a.task === scene.task) - Number(b.task === scene.task));
}

/** The way that a fault on an address would take now. */
export function trailOf(scene: Scene, { process, va }: AddressSelection): Trail {
  const space = scene.processes.get(process)?.space;
  const view = space === undefined ? null : entryAt(scene, space, va);
  const all = stops(scene, process, va, view ? chainOf(scene, view) : []);
  const end = all.findIndex((stop) => stop.found);
  return { task: null, process, va, stops: end < 0 ? all : all.slice(0, end + 1) };
}

function stops(scene: Scene, process: number, va: number, chain: Obj[]): Stop[] {
  const space = scene.processes.get(process)?.space;
  const view = space === undefined ? null : entryAt(scene, space, va);
  if (!view) return [];
  let index = view.offset + vpn(va) - vpn(view.start);
  return chain.map((object) => {
    const page = object.pages.get(index);
    const stop = { object, index, found: page !== undefined && scene.frames.get(page)?.valid === true };
    index += object.offset;
    return stop;
  });
}

/** What belongs to an address: the keys of its lines, its boxes and its frames. */
export interface Belonging {
  lines: Set<string>;
  boxes: Set<number>;
  frames: Set<number>;
}

export function belonging(scene: Scene, trail: Trail, at: Layout): Belonging {
  const space = scene.processes.get(trail.process)?.space;
  const frames = new Set<number>();
  const last = space === undefined ? undefined : walk(scene, space, trail.va).at(-1);
  if (last?.level === 1 && last.frame !== null) frames.add(last.frame);
  for (const { object, index } of trail.stops) {
    const page = object.pages.get(index);
    if (page !== undefined) frames.add(page);
  }
  const boxes = new Set(trail.stops.map((stop) => stop.object.key));
  const page = vpn(trail.va);
  const lines = at.lines.filter((line) => {
    if (line.kind === 'backing') return trail.stops.slice(0, -1).some((stop) => line.key === `b${stop.object.key}`);
    if ('object' in line.about || !('va' in line.about) || line.about.process !== trail.process) return false;
    if (line.kind !== 'entry') return vpn(line.about.va) === page;
    const entry = at.columns.find((column) => column.process.id === trail.process)?.entries.find((one) => line.key.endsWith(`.${one.id}`));
    return entry !== undefined && trail.va >= entry.view.start && trail.va < entry.view.end;
  });
  return { lines: new Set(lines.map((line) => line.key)), boxes, frames };
}

/** Where a stop is drawn: on the slot of its page, or on the upper edge of an object that shows no such slot. */
export function stopPlace(box: ObjectBox, index: number, tile: number): { x: number; y: number; slot: boolean } {
  const slot = box.slots.find((one) => one.index === index);
  return slot ? { x: slot.x + tile / 2, y: slot.y, slot: true } : { x: box.x + box.w - 14, y: box.y + 12, slot: false };
}
