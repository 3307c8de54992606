/** Families that fold: a process with all that descend from it drawn as that process alone, without the objects that only they can reach. */

import { chainOf } from './inspect';
import type { Obj, Process, Scene } from './scene';

/** The processes that descend from one, whether they have exited or not. */
export function descendants(scene: Scene, id: number): Process[] {
  const children = [...scene.processes.values()].filter((one) => one.parent === id && one.id !== id);
  return children.flatMap((child) => [child, ...descendants(scene, child.id)]);
}

/** The objects that the spaces of some processes lead to. */
function reached(scene: Scene, processes: readonly Process[]): Set<Obj> {
  const alive = processes.filter((process) => !process.exited);
  const views = alive.flatMap((process) => [...(scene.spaces.get(process.space)?.entries.values() ?? [])]);
  return new Set(views.flatMap((view) => chainOf(scene, view)));
}

/** The scene with the families of these processes folded; the scene itself where none of them has descendants. */
export function folded(scene: Scene, families: ReadonlySet<number>): Scene {
  const hidden = new Set([...families].flatMap((id) => descendants(scene, id)));
  if (hidden.size === 0) return scene;
  const shown = [...scene.processes.values()].filter((process) => !hidden.has(process));
  const kept = reached(scene, shown);
  const gone = new Set([...reached(scene, [...hidden])].filter((object) => !kept.has(object)));
  return {
    ...scene,
    processes: new Map(shown.map((process) => [process.id, families.has(process.id) ? { ...process, hides: descendants(scene, process.id).length } : process])),
    objects: new Map([...scene.objects].filter(([, object]) => !gone.has(object))),
  };
}
