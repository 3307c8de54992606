/** Translations and references as lines that never run through a box: they pass between the boxes of a row. */

import { PAGE_SIZE } from './events';
import { isDangling, mappings, objectOf } from './inspect';
import type { Cell, Column, Line, ObjectBox, Tile } from './layout-types';
import { entryKey, frameOf, isPresent, isWritable } from './pte';
import { Router, type Point } from './route';
import type { Scene } from './scene';
import type { Selection } from './selection';

export function lines(
  scene: Scene,
  top: Column[],
  boxes: ObjectBox[],
  tiles: Tile[],
  width: number,
  left: number,
): Line[] {
  const router = new Router(boxes, width, left);
  return [...references(scene, top, boxes, router), ...translations(scene, top, tiles, router)];
}

function references(scene: Scene, top: Column[], boxes: ObjectBox[], router: Router): Line[] {
  const byId = new Map(boxes.filter((box) => !box.ghost).map((box) => [box.object.id, box]));
  const wanted: { key: string; kind: Line['kind']; from: Point; to: ObjectBox; about: Selection }[] = [];
  for (const column of top) {
    for (const entry of column.entries) {
      const to = entry.view.object == null ? undefined : byId.get(entry.view.object);
      // Between two cells, where no translation starts.
      const x = entry.cells.length > 1 ? (entry.x1 + entry.x2) / 2 : entry.x1 + 5;
      const y = column.y + column.h + 4;
      const about = { process: column.process.id, va: entry.view.start };
      if (to) wanted.push({ key: `e${column.process.id}.${entry.id}`, kind: 'entry', from: { x, y }, to, about });
    }
  }
  for (const box of boxes) {
    const from = { x: box.x + box.w / 2, y: box.y + box.h };
    const { backing, bypassedBy } = box.object;
    const below = backing === null ? undefined : byId.get(backing);
    if (below && !box.ghost) wanted.push({ key: `b${box.key}`, kind: 'backing', from, to: below, about: { object: below.object.born } });
    const by = bypassedBy ? boxes.find((other) => other.object === objectOf(scene, bypassedBy.object)) : undefined;
    if (by && by.y < box.y) {
      const cut = { x: by.x + by.w / 2, y: by.y + by.h };
      wanted.push({ key: `c${box.key}`, kind: 'cut', from: cut, to: box, about: { object: box.object.born } });
    }
  }
  const landings = together(wanted, (one) => one.to, (one) => one.from.x);
  return wanted.map(({ key, kind, from, to, about }) => {
    const siblings = landings.get(to) ?? [];
    const nth = siblings.findIndex((other) => other.key === key);
    const end = { x: landing(to, nth, siblings.length), y: to.y };
    const middle = kind === 'cut' ? { x: (from.x + end.x) / 2, y: (from.y + end.y) / 2 } : null;
    return { key, kind, d: router.path(from, end), frame: null, writable: false, wrong: false, about, middle };
  });
}

/** Lines that end at the same thing, from left to right by where they begin. */
function together<T, K>(all: readonly T[], end: (one: T) => K, begin: (one: T) => number): Map<K, T[]> {
  const found = new Map<K, T[]>();
  for (const one of all) {
    const others = found.get(end(one));
    if (others) others.push(one);
    else found.set(end(one), [one]);
  }
  for (const some of found.values()) some.sort((a, b) => begin(a) - begin(b));
  return found;
}

/** References land between the tiles, translations on them. */
function landing(box: ObjectBox, nth: number, count: number): number {
  const places = box.slots.slice(1).map((slot) => slot.x - 7);
  const last = box.slots.at(-1);
  if (last && box.x + box.w - (last.x + 54) > 24) places.push((last.x + 54 + box.x + box.w) / 2);
  if (places.length === 0) places.push(box.x + 7);
  if (count === 1) return places[Math.floor((places.length - 1) / 2)] ?? box.x + 7;
  const at = places[Math.round((nth * (places.length - 1)) / (count - 1))] ?? box.x + 7;
  return at + (nth - (count - 1) / 2) * (places.length < count ? 4 : 0);
}

interface Wanted {
  key: string;
  kind: Line['kind'];
  process: number;
  cell: Cell;
  tile: Tile;
  writable: boolean;
  wrong: boolean;
}

function translations(scene: Scene, top: Column[], tiles: Tile[], router: Router): Line[] {
  const shown = top.filter((column) => !column.process.exited);
  const byFrame = new Map(tiles.map((tile) => [tile.frame, tile]));
  const cells = new Map<string, { process: number; cell: Cell }>();
  for (const { process, entries } of shown) {
    for (const cell of entries.flatMap((entry) => entry.cells)) cells.set(`${process.space}:${cell.page}`, { process: process.id, cell });
  }
  const wanted: Wanted[] = [];
  const want = (key: string, kind: Line['kind'], { space, page, frame, bits }: { space: number; page: number; frame: number; bits: bigint }): void => {
    const from = cells.get(`${space}:${page}`);
    const tile = byFrame.get(frame);
    const wrong = kind === 'map' && isDangling(scene, { space, page, frame, bits });
    if (from && tile) wanted.push({ key, kind, ...from, tile, writable: isWritable(bits), wrong });
  };
  for (const space of new Set(shown.map((column) => column.process.space))) {
    for (const mapping of mappings(scene, space)) want(`m${space}.${mapping.page}`, 'map', mapping);
  }
  for (const stale of outdated(scene)) want(`t${stale.cpu}.${stale.page}`, 'tlb', stale);
  const landings = together(wanted, (one) => one.tile, (one) => one.cell.x);
  return wanted.map((one) => translation(one, landings.get(one.tile) ?? [], router));
}

function translation({ key, kind, process, cell, tile, writable, wrong }: Wanted, siblings: readonly Wanted[], router: Router): Line {
  const nth = siblings.findIndex((other) => other.key === key);
  const spread = Math.min(9, 36 / Math.max(1, siblings.length)) * tile.zoom;
  const from = { x: cell.x + cell.w / 2 + (kind === 'tlb' ? 5 : 0), y: cell.y + cell.h };
  const to = { x: tile.x + tile.size / 2 + (nth - (siblings.length - 1) / 2) * spread, y: tile.y };
  const about = { process, va: cell.va };
  return { key, kind, d: router.path(from, to), frame: tile.frame, writable, wrong, about, middle: null };
}

/** Translations that a TLB has and the page table of its space no longer has. */
function outdated(scene: Scene): { cpu: number; space: number; page: number; frame: number; bits: bigint }[] {
  return [...scene.cpus.values()].flatMap(({ id: cpu, space, tlb }) => {
    if (space === null) return [];
    const table = scene.spaces.get(space)?.table;
    return [...tlb].flatMap(([page, bits]) => {
      const real = table?.get(entryKey(1, page * PAGE_SIZE)) ?? 0n;
      const frame = frameOf(bits);
      return isPresent(real) && frameOf(real) === frame ? [] : [{ cpu, space, page, frame, bits }];
    });
  });
}
