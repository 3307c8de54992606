/**
 * The cut through the ground: address spaces on the surface, objects below,
 * the newest on top, the free frames at the bottom. A pure function of the
 * scene, so that scrubbing to a step always shows the same picture.
 */

import { columns, surfaceBottom } from './layout-columns';
import { lines } from './layout-lines';
import { boxes } from './layout-boxes';
import { NARROW, WIDE, type Layout, type Line, type ObjectBox, type Rect, type Sizes, type Tile, type Window } from './layout-types';
import type { Scene } from './scene';

export { visibleGhosts } from './layout-boxes';

const TRAY_LABEL = 92;
const CALLOUT = { w: 268, h: 78 };
/** Below the tray. */
const FOOT = 20;

/** Whether a canvas of that many pixels is a phone's. */
export const isNarrow = (pixels: number): boolean => pixels < 560;

/** Sizes for a canvas of that many pixels. */
export const sizesFor = (pixels: number): Sizes => (isNarrow(pixels) ? NARROW : WIDE);

/** How a picture is laid out: `seen` if tray and callout are pinned to the lower edge of what is seen of it. */
export interface Canvas {
  width: number;
  height?: number;
  sizes?: Sizes;
  seen?: Window;
}

export function layout(scene: Scene, canvas: Canvas): Layout {
  const { width: available, height: minHeight = 0, sizes = sizesFor(canvas.width), seen } = canvas;
  const top = columns(scene, sizes, available);
  const surface = surfaceBottom(sizes);
  const stacked = boxes(scene, top, sizes, available, surface);
  const width = Math.max(available, stacked.width, ...top.map((column) => column.x + column.w + sizes.margin));
  const ground = Math.max(surface, ...stacked.boxes.map((box) => box.y + box.h));
  const below = bottomHeight(sizes);
  // Without deep chains the tray still lies at the bottom of the canvas.
  const under = Math.max(ground + sizes.rowGap * 0.75, minHeight - below - FOOT);
  const place = seen
    ? { x: seen.x, y: seen.y, scale: seen.unit, width: seen.w / seen.unit, under: seen.h / seen.unit - below - FOOT }
    : { x: 0, y: 0, scale: 1, width, under };
  const bottom = { x: place.x, y: place.y, scale: place.scale };
  const { tray, callout } = bottomRects(sizes, place.width, place.under);
  const { tiles, more } = fallenTiles(scene, tray, sizes);
  const all = [...residentTiles(stacked.boxes, sizes.tile), ...tiles.map((tile) => pinned(tile, bottom))];
  let routed: Line[] | null = null;
  return {
    width,
    height: under + below + FOOT,
    sizes,
    surface,
    columns: top,
    boxes: stacked.boxes,
    tiles: all,
    // Most of the work, and where only sizes are wanted nobody asks for it.
    get lines() {
      return (routed ??= lines(scene, top, stacked.boxes, all, width, rail(sizes)));
    },
    tray: { ...tray, more },
    callout,
    bottom,
  };
}

/** Where the names of the regions end. */
export const rail = (sizes: Sizes): number => sizes.margin - 14 + (sizes.narrow ? 5 : 0);

const trayHeight = (sizes: Sizes): number => sizes.tile + 22;

/** On a phone the callout stands below the tray, else beside it. */
const bottomHeight = (sizes: Sizes): number => trayHeight(sizes) + (sizes.narrow ? 12 + CALLOUT.h : 0);

function bottomRects(sizes: Sizes, width: number, y: number): { tray: Rect; callout: Rect } {
  const h = trayHeight(sizes);
  const { margin: x } = sizes;
  if (sizes.narrow) {
    const w = width - 2 * x;
    return { tray: { x, y, w, h }, callout: { x, y: y + h + 12, w, h: CALLOUT.h } };
  }
  const w = width - 2 * x - CALLOUT.w - 16;
  return { tray: { x, y, w, h }, callout: { x: x + w + 16, y, w: CALLOUT.w, h } };
}

function pinned(tile: Tile, { x, y, scale }: Layout['bottom']): Tile {
  return { ...tile, x: x + tile.x * scale, y: y + tile.y * scale, zoom: scale, size: tile.size * scale };
}

function residentTiles(all: ObjectBox[], size: number): Tile[] {
  return all
    .filter((box) => !box.ghost)
    .flatMap((box) =>
      box.slots.flatMap((slot): Tile[] => {
        const frame = box.object.pages.get(slot.index);
        return frame === undefined ? [] : [{ frame, x: slot.x, y: slot.y, zoom: 1, size, where: 'object' }];
      }),
    );
}

/** The frames in the tray, the last one freed first, and how many more there are than fit. */
function fallenTiles(scene: Scene, tray: Rect, sizes: Sizes): { tiles: Tile[]; more: number } {
  const size = sizes.tile;
  const left = tray.x + (tray.w > 300 ? TRAY_LABEL : 12);
  const room = Math.max(1, Math.floor((tray.x + tray.w - left - 12) / (size + sizes.gap)));
  const loose = [...scene.frames.values()].filter((frame) => frame.use === 'loose').map((frame) => frame.frame);
  // A frame that never held anything is of no interest.
  const fallen = scene.free.filter((frame) => scene.frames.get(frame)?.value !== null);
  const shown = fallen.slice(0, Math.max(0, room - loose.length));
  const tiles = [...shown, ...loose].map((frame, nth): Tile => {
    const where = scene.frames.get(frame)?.use === 'loose' ? 'loose' : 'tray';
    // A page between two owners hangs above the tray until it falls or is taken.
    const y = tray.y + 11 - (where === 'loose' ? 26 : 0);
    return { frame, x: left + nth * (size + sizes.gap), y, zoom: 1, size, where };
  });
  return { tiles, more: fallen.length - shown.length };
}
