import { describe, expect, it } from 'vitest';
import { clamped, fit, following, windowOf, zoomed } from './fit';
import { fold } from './fold';
import { layout } from './layout';
import { records, view, withChild } from './testing';
import type { Event } from './events';

/** A chain of that many shadows. */
function deep(count: number): Event[] {
  const events = [...withChild];
  for (let id = 2; id <= count; id++) {
    events.push({ kind: 'object_new', object: id, vnode: false, size: 2, file: null }, { kind: 'object_link', object: id, backing: id - 1, offset: 0 });
    events.push({ kind: 'entry_set', space: 1, entry: 1, view: view(id) });
  }
  return events;
}

const scene = (count: number) => fold(records(...deep(count)));

describe('a picture that has to fit', () => {
  it('brings its rows together before it becomes smaller', () => {
    const roomy = fit(scene(2), 800, 700);
    const low = fit(scene(2), 800, 575);
    expect([roomy.scale, low.scale]).toEqual([1, 1]);
    expect(low.at.sizes.rowGap).toBeLessThan(roomy.at.sizes.rowGap);
    expect(low.at.height).toBeLessThanOrEqual(575);
  });

  it('then becomes as small as it must, and no smaller than can be read', () => {
    const small = fit(scene(4), 800, 470);
    expect(small.scale).toBeLessThan(0.8);
    expect(small.whole).toBe(true);
    expect(small.at.height * small.scale).toBeLessThanOrEqual(470.5);
    const deepest = fit(scene(12), 800, 470);
    expect([deepest.scale, deepest.whole]).toEqual([0.5, false]);
  });

  it('seen in part, has the free frames and the callout at the lower edge of the canvas', () => {
    const fitted = fit(scene(12), 800, 470);
    const camera = { x: 30, y: 200, scale: 1 };
    const seen = windowOf(camera, fitted, 800, 470);
    const { tray, callout, bottom } = layout(scene(12), { width: 1600, sizes: fitted.at.sizes, seen });
    for (const box of [tray, callout]) {
      const [x, y] = [bottom.x + box.x * bottom.scale - camera.x, bottom.y + box.y * bottom.scale - camera.y];
      expect(x >= 0 && y >= 0 && x + box.w * bottom.scale <= 800 && y + box.h * bottom.scale <= 470).toBe(true);
    }
  });
});

describe('the camera', () => {
  it('moves as little as it takes to have something in view', () => {
    const camera = { x: 0, y: 0, scale: 1 };
    expect(following(camera, { x: 100, y: 100, w: 50, h: 50 }, 400, 300)).toEqual(camera);
    expect(following(camera, { x: 500, y: 100, w: 50, h: 50 }, 400, 300)).toEqual({ x: 174, y: 0, scale: 1 });
  });

  it('zooms about the pointer, and does not look beside the picture', () => {
    const near = zoomed({ x: 10, y: 20, scale: 1 }, 2, 100, 60);
    expect([near.x + 100 / near.scale, near.y + 60 / near.scale]).toEqual([110, 80]);
    const { at } = fit(scene(12), 800, 470);
    expect(clamped({ x: -50, y: 1e6, scale: 0.5 }, at, 800, 470)).toMatchObject({ x: 0, y: at.height - 940 });
  });
});
