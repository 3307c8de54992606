/** How a picture gets into a canvas, and which part of it is seen where it does not. */

import { layout, sizesFor } from './layout';
import type { Camera, Layout, Rect, Window } from './layout-types';
import type { Scene } from './scene';

/** Below this nothing can be read any more: a picture that needs less is seen in part. */
const LEAST = 0.5;
/** Limits of what a reader can zoom to. */
const ZOOM = { least: 0.2, most: 3 };
/** Room kept round what the camera follows, in pixels. */
const ROOM = 24;

/** A picture laid out for a canvas, with the scale at which it is shown there. */
export interface Fitted {
  at: Layout;
  scale: number;
  /** All of it is seen at that scale. */
  whole: boolean;
}

/** Rows come nearer to each other before anything becomes smaller. */
export function fit(scene: Scene, width: number, height: number): Fitted {
  const sizes = sizesFor(width);
  const tight = layout(scene, { width: 0, sizes: { ...sizes, rowGap: sizes.leastGap } });
  const needed = Math.min(width / tight.width, height / tight.height);
  const scale = Math.min(1, Math.max(LEAST, needed));
  const room = { width: width / scale, height: height / scale };
  const rows = 1 + Math.max(0, ...tight.boxes.map((box) => box.row));
  // Above the first row and below the last there is less of a gap.
  const spare = (room.height - tight.height) / (rows + 0.6);
  const rowGap = Math.min(sizes.rowGap, sizes.leastGap + Math.max(0, spare));
  const at = layout(scene, { ...room, sizes: { ...sizes, rowGap } });
  return { at, scale, whole: needed >= LEAST };
}

/** The window that a camera has on a picture; what is pinned in it keeps the scale of the fitted picture. */
export function windowOf(camera: Camera, fitted: Fitted, width: number, height: number): Window {
  const { x, y, scale } = camera;
  return { x, y, w: width / scale, h: height / scale, unit: fitted.scale / scale };
}

/** The camera nearest to this one that does not look beside the picture. */
export function clamped(camera: Camera, at: Layout, width: number, height: number): Camera {
  const { scale } = camera;
  const within = (want: number, seen: number, all: number): number =>
    seen >= all ? (all - seen) / 2 : Math.min(Math.max(want, 0), all - seen);
  // Above the tray, which covers the lower part of the window, everything can be reached.
  return { x: within(camera.x, width / scale, at.width), y: Math.max(0, Math.min(camera.y, at.height - height / scale)), scale };
}

/** Larger or smaller by a factor, with the place under (`px`, `py`) staying where it is. */
export function zoomed(camera: Camera, factor: number, px: number, py: number): Camera {
  const scale = Math.min(ZOOM.most, Math.max(ZOOM.least, camera.scale * factor));
  return { x: camera.x + px / camera.scale - px / scale, y: camera.y + py / camera.scale - py / scale, scale };
}

/** Moves the camera as little as it takes to have something in view; what is larger than the view begins at its edge. */
export function following(camera: Camera, what: Rect, width: number, height: number): Camera {
  const { scale } = camera;
  const room = ROOM / scale;
  const axis = (from: number, start: number, size: number, seen: number): number => {
    const [least, most] = [start + size + room - seen, start - room];
    return least > most ? most : Math.min(Math.max(from, least), most);
  };
  return { x: axis(camera.x, what.x, what.w, width / scale), y: axis(camera.y, what.y, what.h, height / scale), scale };
}
