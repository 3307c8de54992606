/** Processes, maps, objects, pages. */

import type { Rec } from './events';
import { cellKey, frame, type Obj, type Scene, space } from './scene';

/** Ghosts kept: more than these would be an archive, not a picture. */
const MAX_GHOSTS = 4;

export function foldVm(scene: Scene, rec: Rec): void {
  switch (rec.kind) {
    case 'process':
      scene.processes.set(rec.process, {
        id: rec.process,
        space: rec.space,
        parent: rec.parent ?? null,
        exited: false,
        born: rec.step,
      });
      space(scene, rec.space);
      inherit(scene, rec.parent ?? null, rec.space);
      break;
    case 'process_exec': {
      const process = scene.processes.get(rec.process);
      if (process) process.space = rec.space;
      space(scene, rec.space);
      break;
    }
    case 'process_exit': {
      const process = scene.processes.get(rec.process);
      if (process) process.exited = true;
      break;
    }
    case 'entry_set':
      space(scene, rec.space).entries.set(rec.entry, rec.view);
      break;
    case 'entry_remove':
      scene.spaces.get(rec.space)?.entries.delete(rec.entry);
      break;
    default:
      foldObjects(scene, rec);
      foldPages(scene, rec);
  }
}

/** A child begins with what its parent should read. */
function inherit(scene: Scene, parent: number | null, child: number): void {
  const from = parent === null ? undefined : scene.processes.get(parent)?.space;
  if (from === undefined || from === child) return;
  const prefix = `${from}:`;
  for (const [key, value] of [...scene.model]) {
    if (key.startsWith(prefix)) scene.model.set(cellKey(child, Number(key.slice(prefix.length))), value);
  }
}

function foldObjects(scene: Scene, rec: Rec): void {
  if (rec.kind === 'object_new') {
    scene.objects.set(rec.object, {
      id: rec.object,
      key: scene.nextKey++,
      born: scene.count,
      vnode: rec.vnode,
      size: rec.size,
      refs: 1,
      pip: 0,
      flags: 0,
      backing: null,
      offset: 0,
      pages: new Map(),
      level: 0,
      freedAt: null,
      mergedInto: null,
      bypassedBy: null,
    });
    return;
  }
  const object = 'object' in rec && typeof rec.object === 'number' ? scene.objects.get(rec.object) : undefined;
  if (!object) return;
  switch (rec.kind) {
    case 'object_ref':
      object.refs = rec.count;
      break;
    case 'object_pip':
      object.pip = rec.count;
      break;
    case 'object_flags':
      object.flags = rec.flags;
      break;
    case 'object_size':
      object.size = rec.size;
      break;
    case 'object_link':
      link(scene, object, rec.backing, rec.offset);
      break;
    case 'object_unlink':
      if (object.backing === rec.backing) object.backing = null;
      break;
    case 'object_free':
      object.freedAt = rec.step;
      scene.objects.delete(object.id);
      scene.ghosts = [object, ...scene.ghosts].slice(0, MAX_GHOSTS);
      break;
    case 'collapsed': {
      const backing = scene.objects.get(rec.backing) ?? scene.ghosts.find((ghost) => ghost.id === rec.backing);
      if (backing) backing.mergedInto = object.id;
      break;
    }
    case 'bypass': {
      const backing = scene.objects.get(rec.backing);
      if (backing) backing.bypassedBy = { object: object.id, step: rec.step };
      break;
    }
    default:
  }
}

function link(scene: Scene, object: Obj, backing: number, offset: number): void {
  const below = scene.objects.get(backing);
  object.backing = backing;
  object.offset = offset;
  if (below && object.level <= below.level) raise(scene, object, below.level + 1);
}

/** Lifts an object and all that stand on it, so that the newer is always above the older. */
function raise(scene: Scene, object: Obj, level: number): void {
  object.level = level;
  for (const above of scene.objects.values()) {
    if (above.backing === object.id && above.level <= level) raise(scene, above, level + 1);
  }
}

function foldPages(scene: Scene, rec: Rec): void {
  switch (rec.kind) {
    case 'page_alloc': {
      const page = frame(scene, rec.page);
      scene.free = scene.free.filter((free) => free !== rec.page);
      page.use = 'page';
      page.valid = false;
      page.dirty = false;
      page.freedAt = null;
      page.born = scene.count;
      place(scene, rec.page, rec.object, rec.index);
      break;
    }
    case 'page_insert':
      place(scene, rec.page, rec.object, rec.index);
      break;
    case 'page_remove':
      scene.objects.get(rec.object)?.pages.delete(rec.index);
      frame(scene, rec.page).use = 'loose';
      break;
    case 'page_rename':
      scene.objects.get(rec.from)?.pages.delete(rec.from_index);
      place(scene, rec.page, rec.to, rec.to_index);
      break;
    case 'page_free': {
      const page = frame(scene, rec.page);
      if (page.object !== null && scene.objects.get(page.object)?.pages.get(page.index) === rec.page) {
        scene.objects.get(page.object)?.pages.delete(page.index);
      }
      page.last = page.object === null ? null : { object: page.object, index: page.index };
      page.use = 'free';
      page.object = null;
      page.valid = false;
      page.dirty = false;
      page.busy = { busy: 'freed' };
      page.freedAt = rec.step;
      scene.free = [rec.page, ...scene.free.filter((free) => free !== rec.page)];
      break;
    }
    case 'page_busy':
      frame(scene, rec.page).busy = rec.state;
      break;
    case 'page_valid':
      frame(scene, rec.page).valid = rec.valid;
      break;
    case 'page_dirty':
      frame(scene, rec.page).dirty = rec.dirty;
      break;
    case 'page_copy':
      frame(scene, rec.to).value = rec.value;
      break;
    case 'page_zero':
      frame(scene, rec.page).value = 0n;
      break;
    case 'page_fill':
      frame(scene, rec.page).value = rec.value;
      break;
    default:
  }
}

function place(scene: Scene, page: number, object: number, index: number): void {
  const held = frame(scene, page);
  held.use = 'page';
  held.object = object;
  held.index = index;
  held.spot = { objectEvent: scene.objects.get(object)?.born ?? -1, index };
  scene.objects.get(object)?.pages.set(index, page);
}
