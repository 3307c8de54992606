/** Objects as boxes in rows: the newest row on top, each box as near as can be to what refers to it. */

import type { Column, Sizes, ObjectBox } from './layout-types';
import type { Obj, Scene } from './scene';

const MAX_SLOTS = 6;
const ALL_SLOTS = 4;
/** Steps for which a dead object keeps its outline. */
const GHOST_STEPS = 14;
const MIN_WIDTH = 176;
/** Lines pass between two boxes of a row. */
const CHANNEL = 40;

/** Ghosts that are still worth their room: just gone, or part of what went wrong. */
export function visibleGhosts(scene: Scene): Obj[] {
  const blamed = new Set(scene.findings.map((finding) => finding.object));
  return scene.ghosts.filter(
    (ghost) =>
      ghost.mergedInto === null &&
      (blamed.has(ghost.id) || (ghost.freedAt !== null && scene.step - ghost.freedAt <= GHOST_STEPS)),
  );
}

interface Placed {
  boxes: ObjectBox[];
  width: number;
}

export function boxes(scene: Scene, top: Column[], sizes: Sizes, available: number, surface: number): Placed {
  // An object that has been merged is seen in the one that took its pages, even before it is freed.
  const alive = [...scene.objects.values()].filter((object) => object.mergedInto === null || object.pages.size > 0);
  const all = [...alive, ...visibleGhosts(scene)];
  const levels = [...new Set(all.map((object) => object.level))].sort((a, b) => b - a);
  const height = 12 + sizes.tile + sizes.footer;
  const placed: ObjectBox[] = [];
  let width = available;
  levels.forEach((level, row) => {
    const y = surface + sizes.rowGap * 0.85 + row * (height + sizes.rowGap);
    const members = all
      .filter((object) => object.level === level)
      .map((object) => ({ box: box(object, row, y, height, sizes), want: wanted(object, top, placed) }))
      .sort((a, b) => a.want - b.want || a.box.key - b.box.key);
    const right = spread(members, sizes.margin, available - sizes.margin);
    width = Math.max(width, right + sizes.margin);
    placed.push(...members.map((member) => member.box));
  });
  return { boxes: placed, width };
}

function box(object: Obj, row: number, y: number, h: number, sizes: Sizes): ObjectBox {
  const resident = [...object.pages.keys()].sort((a, b) => a - b);
  const indexes =
    object.size <= ALL_SLOTS ? Array.from({ length: object.size }, (_, index) => index) : resident.slice(0, MAX_SLOTS);
  const w = Math.max(object.bypassedBy ? MIN_WIDTH + 40 : MIN_WIDTH, 2 * sizes.pad + indexes.length * (sizes.tile + sizes.gap) - sizes.gap);
  const slots = indexes.map((index, nth) => ({ index, x: sizes.pad + nth * (sizes.tile + sizes.gap), y: y + 12 }));
  const more = object.size <= ALL_SLOTS ? 0 : resident.length - indexes.length;
  return { key: object.key, object, row, depth: row, ghost: object.freedAt !== null, slots, more, x: 0, y, w, h };
}

/** The middle of everything that refers to an object: entries above it and its shadows. */
function wanted(object: Obj, top: Column[], above: ObjectBox[]): number {
  const xs: number[] = [];
  for (const column of top) {
    for (const entry of column.entries) {
      if (entry.view.object === object.id) xs.push((entry.x1 + entry.x2) / 2);
    }
  }
  for (const shadow of above) {
    const refers = shadow.object.backing === object.id || object.bypassedBy?.object === shadow.object.id;
    if (refers) xs.push(shadow.x + shadow.w / 2);
  }
  if (xs.length > 0) return xs.reduce((sum, x) => sum + x, 0) / xs.length;
  // Nothing refers to it (yet, or any more): the newest stands rightmost.
  return Number.MAX_SAFE_INTEGER;
}

/** Puts the boxes of a row side by side with the least displacement, and says where the last one ends. */
function spread(row: { box: ObjectBox; want: number }[], left: number, right: number): number {
  const total = row.reduce((sum, { box: one }) => sum + one.w + CHANNEL, -CHANNEL);
  const limit = Math.max(right, left + total);
  // Clusters of boxes that touch; each lies where the mean of its members wants to be.
  interface Cluster {
    members: ObjectBox[];
    wants: number[];
    w: number;
  }
  const clusters: Cluster[] = [];
  const start = (cluster: Cluster): number => {
    const mean = cluster.wants.reduce((sum, want) => sum + want, 0) / cluster.wants.length;
    return Math.min(Math.max(mean, left), Math.max(left, limit - cluster.w));
  };
  for (const { box: one, want } of row) {
    let cluster: Cluster = { members: [one], wants: [Math.min(want, limit) - one.w / 2], w: one.w };
    let before = clusters.at(-1);
    while (before && start(before) + before.w + CHANNEL > start(cluster)) {
      const offset = before.w + CHANNEL;
      cluster = {
        members: [...before.members, ...cluster.members],
        wants: [...before.wants, ...cluster.wants.map((w) => w - offset)],
        w: offset + cluster.w,
      };
      clusters.pop();
      before = clusters.at(-1);
    }
    clusters.push(cluster);
  }
  let end = left;
  for (const cluster of clusters) {
    let x = start(cluster);
    for (const member of cluster.members) {
      member.x = x;
      member.slots = member.slots.map((slot) => ({ ...slot, x: slot.x + x }));
      x += member.w + CHANNEL;
    }
    end = x - CHANNEL;
  }
  return end;
}
