/** Questions about one object: who refers to it, what it has, who holds it or waits for it. */

import { mappings } from './inspect';
import { sameLock } from './fold-tasks';
import type { Obj, Scene } from './scene';

/** The object that was made by an event, if it is there or only just gone. */
export function objectBorn(scene: Scene, event: number): Obj | undefined {
  return [...scene.objects.values(), ...scene.ghosts].find((one) => one.born === event);
}

export type Referrer = { by: 'entry'; process: number; va: number } | { by: 'shadow'; object: number };

/** Map entries and shadows that refer to an object. */
export function referrers(scene: Scene, object: Obj): Referrer[] {
  const found: Referrer[] = [];
  for (const process of scene.processes.values()) {
    if (process.exited) continue;
    for (const view of scene.spaces.get(process.space)?.entries.values() ?? []) {
      if (view.object === object.id && object.freedAt === null) found.push({ by: 'entry', process: process.id, va: view.start });
    }
  }
  for (const one of scene.objects.values()) {
    if (one.backing === object.id && object.freedAt === null) found.push({ by: 'shadow', object: one.id });
  }
  return found;
}

/** Addresses that are translated to a frame, by whom. */
export function mappers(scene: Scene, frame: number): { process: number; va: number }[] {
  return [...scene.processes.values()]
    .filter((process) => !process.exited)
    .flatMap((process) =>
      mappings(scene, process.space)
        .filter((one) => one.frame === frame)
        .map((one) => ({ process: process.id, va: one.page * 4096 })),
    );
}

/** Tasks that hold an object's lock, and tasks that sleep on it: on its lock, or until its paging is over. */
export function holders(scene: Scene, object: Obj): { hold: { task: number; read: boolean }[]; wait: number[] } {
  const lock = { class: 'object', index: object.id } as const;
  const hold: { task: number; read: boolean }[] = [];
  const wait: number[] = [];
  for (const task of scene.tasks.values()) {
    const held = task.holds.find((one) => sameLock(one.lock, lock));
    if (held) hold.push({ task: task.id, read: held.mode === 'read' });
    const waits = task.waits?.channel;
    if (waits?.on === 'lock' && sameLock(waits.lock, lock)) wait.push(task.id);
    if ((waits?.on === 'pip' || waits?.on === 'object_busy') && waits.object === object.id) wait.push(task.id);
  }
  return { hold, wait };
}
