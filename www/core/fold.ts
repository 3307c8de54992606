/** The fold: one event after another, from the empty scene to any position of a run. */

import type { Rec } from './events';
import { foldMachine } from './fold-machine';
import { foldTasks } from './fold-tasks';
import { foldVm } from './fold-vm';
import { emptyScene, type Scene } from './scene';

/** Takes one event into account. The scene is changed in place; nothing else is read or written. */
export function apply(scene: Scene, rec: Rec): void {
  scene.step = rec.step;
  scene.task = rec.task;
  // The three parts of the stream share no kind, so the order of these calls does not matter.
  foldTasks(scene, rec);
  foldVm(scene, rec);
  foldMachine(scene, rec);
  scene.count++;
}

export function fold(records: Iterable<Rec>, from?: Scene): Scene {
  const scene = from ? structuredClone(from) : emptyScene();
  for (const rec of records) apply(scene, rec);
  return scene;
}
