/** What acts in a step: the camera goes there, and what has nothing to do with it may stand back. */

import type { Layout, Rect } from './layout-types';
import type { Namer } from './names';
import type { Scene } from './scene';
import type { StepRecord } from './step-record';

/** With fewer processes than these nothing has to stand back. */
const MANY = 6;

/** The place that a step is about: the last object or page it names, or else the process of its task. */
export function acting(scene: Scene, at: Layout, step: StepRecord | undefined, names: Namer): Rect | null {
  for (const rec of [...(step?.records ?? [])].reverse()) {
    if ('object' in rec && typeof rec.object === 'number') {
      const box = at.boxes.find((one) => one.object.id === rec.object && !one.ghost);
      if (box) return box;
    }
    if ('page' in rec && typeof rec.page === 'number') {
      const tile = at.tiles.find((one) => one.frame === rec.page && one.where === 'object');
      if (tile) return { x: tile.x, y: tile.y, w: tile.size, h: tile.size };
    }
  }
  const process = scene.task === null ? null : names.processDoing(scene.task, scene.tasks.get(scene.task)?.op ?? null);
  return at.columns.find((column) => column.process.id === process) ?? null;
}

/** In a crowd: the lines of processes none of whose tasks is in an operation. */
export function idle(scene: Scene, at: Layout, names: Namer): Set<string> {
  const quiet = new Set<string>();
  if (at.columns.length < MANY) return quiet;
  const busy = new Set<number | null>();
  for (const task of scene.tasks.values()) {
    if (task.op !== null || task.id === scene.task) busy.add(names.processDoing(task.id, task.op));
  }
  for (const line of at.lines) {
    if ('process' in line.about && !line.wrong && !busy.has(line.about.process)) quiet.add(line.key);
  }
  return quiet;
}
