/** What should be seen moving between two positions: derived from the events between them. */

import type { Rec } from './events';
import { alike, moved } from './curve';
import type { Camera, Layout } from './layout-types';

export const MS = { copy: 300, rename: 300, merge: 450, free: 250, ring: 120, shift: 250, line: 350, signal: 320 } as const;

export type Move =
  /** A ghost of a page slides from one tile to another. */
  | { kind: 'copy'; from: number; to: number; ms: number }
  /** A tile goes from where it was to where it is. */
  | { kind: 'tile'; frame: number; dx: number; dy: number; ms: number }
  | { kind: 'box'; key: number; dx: number; dy: number; ms: number }
  | { kind: 'column'; process: number; dx: number; ms: number }
  /** A box sinks into the one that took its pages. */
  | { kind: 'merge'; key: number; into: number; ms: number }
  | { kind: 'ring'; frame: number; ms: number }
  | { kind: 'pte'; space: number; page: number; ms: number }
  /** A line follows what it joins. */
  | { kind: 'line'; key: string; path: [string, string]; ms: number }
  /** A line that is new grows from its beginning; one that goes is drawn back there. */
  | { kind: 'grow'; key: string; ms: number }
  | { kind: 'retract'; key: string; d: string; ms: number };

export function moves(before: Layout, after: Layout, records: readonly Rec[]): Move[] {
  const found: Move[] = [];
  const renamed = new Set<number>();
  const freed = new Set<number>();
  for (const rec of records) {
    if (rec.kind === 'page_copy') found.push({ kind: 'copy', from: rec.from, to: rec.to, ms: MS.copy });
    if (rec.kind === 'page_rename' || rec.kind === 'page_insert' || rec.kind === 'page_alloc') renamed.add(rec.page);
    if (rec.kind === 'page_free') freed.add(rec.page);
    if (rec.kind === 'page_busy' && (rec.state.busy === 'exclusive' || rec.state.busy === 'shared')) {
      found.push({ kind: 'ring', frame: rec.page, ms: MS.ring });
    }
    if (rec.kind === 'entry' && rec.level === 1) {
      found.push({ kind: 'pte', space: rec.space, page: Math.floor(rec.va / 4096), ms: MS.shift });
    }
    if (rec.kind === 'collapsed') merge(before, after, rec, found);
  }
  shiftTiles(before, after, { freed, renamed }, found);
  for (const box of after.boxes) {
    const old = before.boxes.find((one) => one.key === box.key);
    if (old && (old.x !== box.x || old.y !== box.y)) {
      found.push({ kind: 'box', key: box.key, dx: old.x - box.x, dy: old.y - box.y, ms: MS.shift });
    }
  }
  for (const column of after.columns) {
    const old = before.columns.find((one) => one.process.id === column.process.id);
    if (old && old.x !== column.x) {
      found.push({ kind: 'column', process: column.process.id, dx: old.x - column.x, ms: MS.shift });
    }
  }
  shiftLines(before, after, found);
  return found;
}

/** What was laid out for another camera, in the places where it was seen, in the units of the present one. */
export function seenFrom(before: Layout, then: Camera, now: Camera): Layout {
  const factor = then.scale / now.scale;
  if (factor === 1 && then.x === now.x && then.y === now.y) return before;
  const place = (x: number, y: number): [number, number] => [now.x + (x - then.x) * factor, now.y + (y - then.y) * factor];
  const placed = <T extends { x: number; y: number }>(one: T): T => {
    const [x, y] = place(one.x, one.y);
    return { ...one, x, y };
  };
  const lines = before.lines.map((line) => ({ ...line, d: moved(line.d, place) }));
  return { ...before, tiles: before.tiles.map(placed), boxes: before.boxes.map(placed), columns: before.columns.map(placed), lines };
}

/** Translations and references: what they join has moved, or they lead elsewhere, are new, or gone. */
function shiftLines(before: Layout, after: Layout, found: Move[]): void {
  const old = new Map(before.lines.map((line) => [line.key, line]));
  for (const line of after.lines) {
    const was = old.get(line.key);
    old.delete(line.key);
    const leadsElsewhere = was !== undefined && was.frame !== line.frame;
    if (leadsElsewhere) found.push({ kind: 'retract', key: line.key, d: was.d, ms: MS.line });
    if (!was || leadsElsewhere) found.push({ kind: 'grow', key: line.key, ms: MS.line });
    else if (was.d !== line.d) found.push({ kind: 'line', key: line.key, path: alike(was.d, line.d), ms: MS.shift });
  }
  for (const line of old.values()) found.push({ kind: 'retract', key: line.key, d: line.d, ms: MS.line });
}

function merge(before: Layout, after: Layout, rec: { object: number; backing: number }, found: Move[]): void {
  const gone = before.boxes.find((box) => box.object.id === rec.backing && !box.ghost);
  const into = after.boxes.find((box) => box.object.id === rec.object && !box.ghost);
  if (gone && into) found.push({ kind: 'merge', key: gone.key, into: into.key, ms: MS.merge });
}

function shiftTiles(before: Layout, after: Layout, why: { freed: Set<number>; renamed: Set<number> }, found: Move[]): void {
  const old = new Map(before.tiles.map((tile) => [tile.frame, tile]));
  for (const tile of after.tiles) {
    const was = old.get(tile.frame);
    if (!was || (was.x === tile.x && was.y === tile.y)) continue;
    const ms = why.freed.has(tile.frame) ? MS.free : why.renamed.has(tile.frame) ? MS.rename : MS.shift;
    found.push({ kind: 'tile', frame: tile.frame, dx: was.x - tile.x, dy: was.y - tile.y, ms });
  }
}

/** Milliseconds for which a step stays on the screen in which nothing is to be seen. */
export const SILENT = 45;

/** How long a step should stay on the screen while a story plays: the eye follows pages, not locks. */
export function dwell(records: readonly Rec[]): number {
  let ms = SILENT;
  for (const rec of records) ms = Math.max(ms, DWELL[rec.kind] ?? 0);
  return ms;
}

const DWELL: Partial<Record<Rec['kind'], number>> = {
  op_start: 500,
  op_skip: 700,
  process: 700,
  process_exit: 500,
  sleep: 700,
  wakeup: 350,
  object_new: 450,
  object_link: 450,
  object_free: 800,
  page_alloc: 350,
  page_busy: 300,
  page_copy: 800,
  page_rename: 800,
  page_zero: 400,
  page_free: 650,
  page_valid: 250,
  entry: 350,
  access: 700,
  fault_enter: 350,
  fault_walk: 450,
  fault_found: 350,
  collapse_refused: 1200,
  collapsed: 1200,
  bypass: 1500,
  found: 2400,
};
