/** The surface: one column for each process, its map entries and the cells of their pages. */

import { PAGE_SIZE, vpn } from './events';
import { isDangling, shouldRead, wouldRead } from './inspect';
import type { Cell, Column, EntryBox, Sizes } from './layout-types';
import { entryKey, frameOf, isPresent, isWritable } from './pte';
import type { Process, Scene } from './scene';

const LABEL = 48;
/** An entry of more pages than these gets small cells, and beyond the second number no more of them. */
const BIG_CELLS = 3;
const MAX_CELLS = 10;

export const surfaceBottom = (sizes: Sizes): number => LABEL + sizes.cellH + 20;

/** A child stands right of its parent, so that chains of backing objects seldom cross. */
export function familyOrder(scene: Scene): Process[] {
  const order: Process[] = [];
  const visit = (process: Process): void => {
    order.push(process);
    [...scene.processes.values()]
      .filter((child) => child.parent === process.id)
      .reverse()
      .forEach(visit);
  };
  [...scene.processes.values()]
    .filter((process) => process.parent === null || !scene.processes.has(process.parent))
    .forEach(visit);
  return order;
}

export function columns(scene: Scene, sizes: Sizes, available: number): Column[] {
  const laid = familyOrder(scene).map((process) => column(scene, process, sizes));
  const total = laid.reduce((sum, one) => sum + one.w, 0);
  const spare = available - 2 * sizes.margin - total;
  const gap = Math.max(sizes.columnGap, Math.min(96, spare / Math.max(1, laid.length)));
  let x = sizes.margin + Math.max(0, (spare - gap * (laid.length - 1)) / 2);
  for (const one of laid) {
    shift(one, x);
    x += one.w + gap;
  }
  return laid;
}

function shift(one: Column, dx: number): void {
  one.x += dx;
  for (const entry of one.entries) {
    entry.x1 += dx;
    entry.x2 += dx;
    for (const cell of entry.cells) cell.x += dx;
  }
}

function column(scene: Scene, process: Process, sizes: Sizes): Column {
  const space = scene.spaces.get(process.space);
  const entries: EntryBox[] = [];
  let x = 0;
  // An exited process may leave its id to a space that another process uses now.
  const views = process.exited ? [] : [...(space?.entries ?? [])].sort(([, a], [, b]) => a.start - b.start);
  for (const [id, view] of views) {
    // The gap below a stack is no memory.
    if (view.stack && view.object == null) continue;
    const pages = (view.end - view.start) / PAGE_SIZE;
    const shown = Math.min(pages, MAX_CELLS);
    const small = pages > BIG_CELLS;
    const [cellW, cellGap] = small ? sizes.small : [sizes.cellW, sizes.cellGap];
    const cells: Cell[] = [];
    for (let nth = 0; nth < shown; nth++) {
      const va = view.start + nth * PAGE_SIZE;
      const bits = space?.table.get(entryKey(1, va)) ?? 0n;
      const frame = isPresent(bits) ? frameOf(bits) : null;
      const wrong = frame !== null && isDangling(scene, { space: process.space, page: vpn(va), bits, frame });
      cells.push({
        x: x + nth * (cellW + cellGap),
        y: LABEL,
        w: cellW,
        small,
        h: sizes.cellH,
        va,
        page: vpn(va),
        frame,
        writable: isWritable(bits),
        wrong: wrong || isMarked(scene, process.space, va),
      });
    }
    const width = shown * (cellW + cellGap) - cellGap;
    entries.push({ id, view, x1: x, x2: x + width, cells, more: pages - shown });
    x += width + sizes.cellGap * 2 + (pages > shown ? 24 : 0);
  }
  const cellsWidth = Math.max(0, x - sizes.cellGap * 2);
  const w = process.exited ? 60 : Math.max(sizes.columnMin, cellsWidth);
  return { process, x: 0, y: 0, w, h: LABEL + sizes.cellH, entries };
}

/** After a finding of the oracle an address stays marked as long as it would still read the wrong value. */
function isMarked(scene: Scene, space: number, va: number): boolean {
  const about = scene.findings.some((one) => one.space === space && one.va !== null && vpn(one.va) === vpn(va));
  if (!about) return false;
  const would = wouldRead(scene, space, va);
  return !('value' in would) || would.value !== shouldRead(scene, space, va);
}
