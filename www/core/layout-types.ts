/** Where everything in the diagram stands: positions only, no colours and no DOM. */

import type { EntryView } from './events';
import type { Obj, Process } from './scene';

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Sizes {
  margin: number;
  tile: number;
  gap: number;
  pad: number;
  footer: number;
  rowGap: number;
  cellW: number;
  cellH: number;
  cellGap: number;
  /** Width and gap of the cells of an entry that has many. */
  small: [number, number];
  columnGap: number;
  columnMin: number;
}

export const WIDE: Sizes = {
  margin: 26,
  tile: 54,
  gap: 14,
  pad: 14,
  footer: 34,
  rowGap: 46,
  cellW: 44,
  cellH: 34,
  cellGap: 6,
  small: [22, 3],
  columnGap: 34,
  columnMin: 104,
};

export const NARROW: Sizes = {
  margin: 10,
  tile: 46,
  gap: 10,
  pad: 10,
  footer: 34,
  rowGap: 38,
  cellW: 36,
  cellH: 34,
  cellGap: 4,
  small: [16, 2],
  columnGap: 12,
  columnMin: 80,
};

export interface Cell extends Rect {
  va: number;
  page: number;
  /** One of many: there is room for its number alone. */
  small: boolean;
  frame: number | null;
  writable: boolean;
  wrong: boolean;
}

export interface EntryBox {
  id: number;
  view: EntryView;
  x1: number;
  x2: number;
  cells: Cell[];
  /** Pages of the entry beyond the cells shown. */
  more: number;
}

export interface Column extends Rect {
  process: Process;
  entries: EntryBox[];
}

export interface Slot {
  index: number;
  x: number;
  y: number;
}

export interface ObjectBox extends Rect {
  key: number;
  object: Obj;
  row: number;
  /** 0 on top: the tone darkens with depth. */
  depth: number;
  ghost: boolean;
  slots: Slot[];
  more: number;
}

export interface Tile {
  frame: number;
  x: number;
  y: number;
  size: number;
  where: 'object' | 'tray' | 'loose';
}

export interface Line {
  key: string;
  kind: 'entry' | 'backing' | 'cut' | 'map';
  d: string;
  /** For a translation: whose frame and how. */
  frame: number | null;
  writable: boolean;
  wrong: boolean;
  /** Where a cut reference is broken. */
  middle: { x: number; y: number } | null;
}

export interface Layout {
  width: number;
  height: number;
  sizes: Sizes;
  surface: number;
  columns: Column[];
  boxes: ObjectBox[];
  tiles: Tile[];
  lines: Line[];
  tray: Rect & { more: number };
  callout: Rect;
}
