/** Finds ways down between the boxes. */

import type { ObjectBox } from './layout-types';

export interface Point {
  x: number;
  y: number;
}

interface Row {
  top: number;
  bottom: number;
  /** Where a line may pass, from left to right. */
  free: [number, number][];
  /** Lines that already pass at a place of this row. */
  used: number[];
}

const CLEAR = 9;
const APART = 7;

export class Router {
  private readonly rows: Row[];

  /** Nothing passes left of `left`. */
  constructor(boxes: ObjectBox[], width: number, left = 4) {
    const rows = new Map<number, ObjectBox[]>();
    for (const box of boxes) rows.set(box.row, [...(rows.get(box.row) ?? []), box]);
    this.rows = [...rows.values()].map((members) => {
      const blocks = [...members].sort((a, b) => a.x - b.x);
      const free: [number, number][] = [];
      let from = left;
      for (const block of blocks) {
        if (block.x - CLEAR > from) free.push([from, block.x - CLEAR]);
        from = Math.max(from, block.x + block.w + CLEAR);
      }
      if (width - 4 > from) free.push([from, width - 4]);
      if (free.length === 0) free.push([width - 4, width - 4]);
      const top = Math.min(...blocks.map((block) => block.y));
      return { top, bottom: Math.max(...blocks.map((block) => block.y + block.h)), free, used: [] };
    });
    this.rows.sort((a, b) => a.top - b.top);
  }

  /** A way from `from` down to `to`: one sweep if nothing is in its way, else round what is. */
  path(from: Point, to: Point): string {
    const between = this.rows.filter((row) => row.top >= from.y && row.bottom <= to.y);
    return `M${r(from.x)} ${r(from.y)}${this.way(from, to, between)}`;
  }

  private way(from: Point, to: Point, rows: Row[]): string {
    const blocked = rows.findIndex((row) => !clear(from, to, row));
    const row = rows[blocked];
    if (!row) return bend(from, to);
    const want = from.x + (to.x - from.x) * ((row.top - from.y) / (to.y - from.y));
    const x = this.pass(row, want);
    const above = { x, y: row.top - 2 };
    const below = { x, y: row.bottom + 2 };
    return `${this.way(from, above, rows.slice(0, blocked))}V${r(below.y)}${this.way(below, to, rows.slice(blocked + 1))}`;
  }

  private pass(row: Row, want: number): number {
    let best = want;
    let cost = Infinity;
    for (const [a, b] of row.free) {
      const near = Math.min(Math.max(want, a), b);
      // Nothing in this gap is nearer than its nearest place.
      if (Math.abs(near - want) >= cost) continue;
      // Keep off the lines that already run here: try both sides, within the gap.
      for (let k = 0; k < 12; k++) {
        for (const x of [near + k * APART, near - k * APART]) {
          if (x < a || x > b || row.used.some((used) => Math.abs(used - x) < APART - 1)) continue;
          const price = Math.abs(x - want) + (b - a < 2 * APART ? 20 : 0);
          if (price < cost) [best, cost] = [x, price];
        }
      }
    }
    if (cost === Infinity) {
      const gap = row.free[0] ?? [want, want];
      best = Math.min(Math.max(want, gap[0]), gap[1]);
    }
    row.used.push(best);
    return best;
  }
}

/** The sweep from `from` to `to` runs through a row without touching a box. */
function clear(from: Point, to: Point, row: Row): boolean {
  const steps = 6;
  for (let nth = 0; nth <= steps; nth++) {
    const x = sweepAt(from, to, row.top + ((row.bottom - row.top) * nth) / steps);
    if (!isFree(row, x)) return false;
  }
  return true;
}

/** A line may pass the row at this place. The gaps are disjoint and in order, so halving finds the one. */
function isFree({ free }: Row, x: number): boolean {
  let low = 0;
  let high = free.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const [a, b] = free[middle] ?? [0, 0];
    if (x >= a && x <= b) return true;
    if (x < a) high = middle;
    else low = middle + 1;
  }
  return false;
}

/** Where the curve of `bend` is at height `y`. With t = u + ½ its height is u³ + ¾u + ½, of which this is the real root. */
function sweepAt(from: Point, to: Point, y: number): number {
  const u = Math.sinh(Math.asinh(4 * ((y - from.y) / (to.y - from.y) - 0.5)) / 3);
  const t = Math.min(1, Math.max(0, u + 0.5));
  return from.x + (to.x - from.x) * t * t * (3 - 2 * t);
}

const r = (value: number): number => Math.round(value * 10) / 10;

/** An S with vertical ends. */
function bend(from: Point, to: Point): string {
  if (Math.abs(from.x - to.x) < 0.5) return `V${r(to.y)}`;
  const middle = (from.y + to.y) / 2;
  return `C${r(from.x)} ${r(middle)} ${r(to.x)} ${r(middle)} ${r(to.x)} ${r(to.y)}`;
}
