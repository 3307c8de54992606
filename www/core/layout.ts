/**
 * The cut through the ground: address spaces on the surface, objects below,
 * the newest on top, the free frames at the bottom. A pure function of the
 * scene, so that scrubbing to a step always shows the same picture.
 */

import { columns, surfaceBottom } from './layout-columns';
import { lines } from './layout-lines';
import { boxes } from './layout-boxes';
import { NARROW, WIDE, type Layout, type Rect, type Sizes, type ObjectBox, type Tile } from './layout-types';
import type { Scene } from './scene';

export { visibleGhosts } from './layout-boxes';

const TRAY_LABEL = 92;
const CALLOUT = { w: 268, h: 78 };

/** Whether a canvas of that many pixels is a phone's; `layout` is told, since what it gets may be scaled. */
export const isNarrow = (pixels: number): boolean => pixels < 560;

export function layout(scene: Scene, available: number, minHeight = 0, narrow = isNarrow(available)): Layout {
  const sizes = narrow ? NARROW : WIDE;
  const top = columns(scene, sizes, available);
  const surface = surfaceBottom(sizes);
  const stacked = boxes(scene, top, sizes, available, surface);
  const width = Math.max(available, stacked.width, ...top.map((column) => column.x + column.w + sizes.margin));
  const bottom = Math.max(surface, ...stacked.boxes.map((box) => box.y + box.h));
  const trayHeight = sizes.tile + 22;
  const below = narrow ? trayHeight + 12 + CALLOUT.h : trayHeight;
  // Without deep chains the tray still lies at the bottom of the canvas.
  const trayY = Math.max(bottom + sizes.rowGap * 0.75, minHeight - below - 20);
  const beside = narrow ? 0 : CALLOUT.w + 16;
  const tray: Rect = {
    x: sizes.margin,
    y: trayY,
    w: width - 2 * sizes.margin - beside,
    h: trayHeight,
  };
  const callout: Rect = narrow
    ? { x: sizes.margin, y: trayY + trayHeight + 12, w: width - 2 * sizes.margin, h: CALLOUT.h }
    : { x: tray.x + tray.w + 16, y: trayY, w: CALLOUT.w, h: trayHeight };
  const { tiles, more } = tilesOf(scene, stacked.boxes, tray, sizes);
  return {
    width,
    height: trayY + below + 20,
    sizes,
    surface,
    columns: top,
    boxes: stacked.boxes,
    tiles,
    lines: lines(scene, top, stacked.boxes, tiles, width),
    tray: { ...tray, more },
    callout,
  };
}

function tilesOf(scene: Scene, all: ObjectBox[], tray: Rect, sizes: Sizes): { tiles: Tile[]; more: number } {
  const tiles: Tile[] = [];
  const size = sizes.tile;
  for (const box of all) {
    for (const slot of box.slots) {
      const frame = box.object.pages.get(slot.index);
      if (frame !== undefined && !box.ghost) tiles.push({ frame, x: slot.x, y: slot.y, size, where: 'object' });
    }
  }
  const left = tray.x + (tray.w > 300 ? TRAY_LABEL : 12);
  const room = Math.max(1, Math.floor((tray.x + tray.w - left - 12) / (size + sizes.gap)));
  const loose = [...scene.frames.values()].filter((frame) => frame.use === 'loose').map((frame) => frame.frame);
  // A frame that never held anything is of no interest.
  const fallen = scene.free.filter((frame) => scene.frames.get(frame)?.value !== null);
  const shown = fallen.slice(0, Math.max(0, room - loose.length));
  [...shown, ...loose].forEach((frame, nth) => {
    const where = scene.frames.get(frame)?.use === 'loose' ? 'loose' : 'tray';
    // A page between two owners hangs above the tray until it falls or is taken.
    const y = tray.y + 11 - (where === 'loose' ? 26 : 0);
    tiles.push({ frame, x: left + nth * (size + sizes.gap), y, size, where });
  });
  return { tiles, more: fallen.length - shown.length };
}
