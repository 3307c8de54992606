/** Where everything in the diagram stands: positions only, no colours and no DOM. */

import type { EntryView } from './events';
import type { Obj, Process } from './scene';
import type { Selection } from './selection';

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Sizes {
  narrow: boolean;
  /** The left one has the names of the regions. */
  margin: number;
  tile: number;
  gap: number;
  pad: number;
  footer: number;
  rowGap: number;
  /** As near as rows may come to each other where height is scarce. */
  leastGap: number;
  cellW: number;
  cellH: number;
  cellGap: number;
  /** Width and gap of the cells of an entry that has many. */
  small: [number, number];
  columnGap: number;
  columnMin: number;
}

export const WIDE: Sizes = {
  narrow: false,
  margin: 34,
  tile: 54,
  gap: 14,
  pad: 14,
  footer: 34,
  rowGap: 46,
  leastGap: 20,
  cellW: 44,
  cellH: 34,
  cellGap: 6,
  small: [22, 3],
  columnGap: 34,
  columnMin: 104,
};

export const NARROW: Sizes = {
  narrow: true,
  margin: 20,
  tile: 46,
  gap: 10,
  pad: 10,
  footer: 34,
  rowGap: 38,
  leastGap: 18,
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
  /** How much larger it is drawn than `sizes.tile`: 1, but for what is pinned while the picture is zoomed. */
  zoom: number;
  /** Its width in units of the picture. */
  size: number;
  where: 'object' | 'tray' | 'loose';
}

export interface Line {
  key: string;
  /** `tlb`: a TLB still has a translation that the page table no longer has. */
  kind: 'entry' | 'backing' | 'cut' | 'map' | 'tlb';
  d: string;
  /** For a translation: whose frame and how. */
  frame: number | null;
  writable: boolean;
  wrong: boolean;
  /** What it is about: the address that it leads from, or the object that it leads to. */
  about: Selection;
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
  /** Tray and callout are in units of `bottom`, everything else in units of the picture. */
  tray: Rect & { more: number };
  callout: Rect;
  bottom: Camera;
}

/** What is seen of a picture: which of its places lies in the top left corner, and how many pixels a unit has. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

/** The part of a picture that is seen, and the scale at which the whole of it is best seen. */
export interface Window extends Rect {
  /** Units of the picture to a unit of what is pinned to the lower edge of the window. */
  unit: number;
}
