/** Translations and references as lines that never run through a box: they pass between the boxes of a row. */

import { isDangling, mappings, objectOf } from './inspect';
import type { Cell, Column, Line, ObjectBox, Tile } from './layout-types';
import { isWritable } from './pte';
import { Router, type Point } from './route';
import type { Scene } from './scene';

export function lines(
  scene: Scene,
  top: Column[],
  boxes: ObjectBox[],
  tiles: Tile[],
  width: number,
): Line[] {
  const router = new Router(boxes, width);
  return [...references(scene, top, boxes, router), ...translations(scene, top, tiles, router)];
}

function references(scene: Scene, top: Column[], boxes: ObjectBox[], router: Router): Line[] {
  const byId = new Map(boxes.filter((box) => !box.ghost).map((box) => [box.object.id, box]));
  const wanted: { key: string; kind: Line['kind']; from: Point; to: ObjectBox }[] = [];
  for (const column of top) {
    for (const entry of column.entries) {
      const to = entry.view.object == null ? undefined : byId.get(entry.view.object);
      // Between two cells, where no translation starts.
      const x = entry.cells.length > 1 ? (entry.x1 + entry.x2) / 2 : entry.x1 + 5;
      const y = column.y + column.h + 4;
      if (to) wanted.push({ key: `e${column.process.id}.${entry.id}`, kind: 'entry', from: { x, y }, to });
    }
  }
  for (const box of boxes) {
    const from = { x: box.x + box.w / 2, y: box.y + box.h };
    const { backing, bypassedBy } = box.object;
    const below = backing === null ? undefined : byId.get(backing);
    if (below && !box.ghost) wanted.push({ key: `b${box.key}`, kind: 'backing', from, to: below });
    const by = bypassedBy ? boxes.find((other) => other.object === objectOf(scene, bypassedBy.object)) : undefined;
    if (by && by.y < box.y) {
      const cut = { x: by.x + by.w / 2, y: by.y + by.h };
      wanted.push({ key: `c${box.key}`, kind: 'cut', from: cut, to: box });
    }
  }
  return wanted.map(({ key, kind, from, to }) => {
    const siblings = wanted.filter((other) => other.to === to).sort((a, b) => a.from.x - b.from.x);
    const nth = siblings.findIndex((other) => other.key === key);
    const end = { x: landing(to, nth, siblings.length), y: to.y };
    const middle = kind === 'cut' ? { x: (from.x + end.x) / 2, y: (from.y + end.y) / 2 } : null;
    return { key, kind, d: router.path(from, end), frame: null, writable: false, wrong: false, middle };
  });
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

function translations(scene: Scene, top: Column[], tiles: Tile[], router: Router): Line[] {
  const cells = new Map<string, Cell>();
  for (const column of top) {
    for (const entry of column.entries) {
      for (const cell of entry.cells) cells.set(`${column.process.space}:${cell.page}`, cell);
    }
  }
  const wanted: { key: string; cell: Cell; tile: Tile; writable: boolean; wrong: boolean }[] = [];
  for (const space of new Set(top.filter((column) => !column.process.exited).map((column) => column.process.space))) {
    for (const mapping of mappings(scene, space)) {
      const cell = cells.get(`${space}:${mapping.page}`);
      const tile = tiles.find((one) => one.frame === mapping.frame);
      if (!cell || !tile) continue;
      const wrong = isDangling(scene, mapping);
      wanted.push({ key: `m${space}.${mapping.page}`, cell, tile, writable: isWritable(mapping.bits), wrong });
    }
  }
  return wanted.map(({ key, cell, tile, writable, wrong }) => {
    const siblings = wanted.filter((other) => other.tile === tile).sort((a, b) => a.cell.x - b.cell.x);
    const nth = siblings.findIndex((other) => other.key === key);
    const spread = Math.min(9, 36 / Math.max(1, siblings.length));
    const from = { x: cell.x + cell.w / 2, y: cell.y + cell.h };
    const to = { x: tile.x + tile.size / 2 + (nth - (siblings.length - 1) / 2) * spread, y: tile.y };
    return { key, kind: 'map', d: router.path(from, to), frame: tile.frame, writable, wrong, middle: null };
  });
}
