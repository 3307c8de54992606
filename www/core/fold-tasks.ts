/** Tasks, locks, waits, findings. */

import type { Channel, LockId, Rec } from './events';
import { type Scene, type SceneFinding, task } from './scene';

export const sameLock = (a: LockId, b: LockId): boolean => a.class === b.class && a.index === b.index;

export function sameChannel(a: Channel, b: Channel): boolean {
  if (a.on !== b.on) return false;
  if (a.on === 'lock' && b.on === 'lock') return sameLock(a.lock, b.lock);
  if (a.on === 'busy' && b.on === 'busy') return a.page === b.page;
  if ('object' in a && 'object' in b) return a.object === b.object;
  if (a.on === 'vfork' && b.on === 'vfork') return a.parent === b.parent;
  return a.on === 'memory';
}

export function foldTasks(scene: Scene, rec: Rec): void {
  const me = task(scene, rec.task);
  switch (rec.kind) {
    case 'point':
      me.at = rec.at;
      // A task that passes a point runs, however it was woken.
      me.waits = null;
      break;
    case 'op_start':
      me.op = rec.op;
      me.waits = null;
      break;
    case 'op_end':
      // A sequence counts its operations on while a child performs: the start says which one it was.
      me.opsDone = (me.op ?? rec.op) + 1;
      me.op = null;
      me.error = rec.error;
      me.fault = null;
      break;
    case 'op_skip':
      // Passed over: it counts as done, so that the next one is what stands next in the list.
      me.opsDone = rec.op + 1;
      break;
    case 'acquire':
      me.waits = null;
      me.holds = [...me.holds.filter((held) => !sameLock(held.lock, rec.lock)), { lock: rec.lock, mode: rec.mode, words: rec.words ?? '' }];
      break;
    case 'release':
      me.holds = me.holds.filter((held) => !sameLock(held.lock, rec.lock));
      break;
    case 'sleep':
      me.waits = { channel: rec.channel, words: rec.words ?? '' };
      break;
    case 'wakeup':
      scene.woken = [];
      for (const other of scene.tasks.values()) {
        if (!other.waits || !sameChannel(other.waits.channel, rec.channel)) continue;
        other.waits = null;
        scene.woken.push(other.id);
      }
      break;
    case 'fault_enter':
      me.fault = { va: rec.va, write: rec.write, walk: [] };
      break;
    case 'fault_lookup':
      if (me.fault) me.fault = { ...me.fault, walk: [rec.object] };
      break;
    case 'fault_walk':
      // A walk that comes back to an object has begun anew.
      if (me.fault) me.fault.walk = [...me.fault.walk.filter((id) => id !== rec.object), rec.object];
      break;
    case 'fault_end':
      me.fault = null;
      break;
    case 'found':
      scene.findings.push(locate(scene, rec));
      break;
    default:
  }
}

/** Kinds of findings that a load makes. */
export const ORACLE: ReadonlySet<string> = new Set(['foreign', 'zeroed', 'stale', 'future']);

/** Finds the frame and the address that a finding is about from what has happened just before it. */
function locate(scene: Scene, rec: Extract<Rec, { kind: 'found' }>): SceneFinding {
  const found: SceneFinding = {
    kind: rec.finding,
    step: rec.step,
    task: rec.task,
    object: rec.object ?? null,
    page: rec.page ?? null,
    frame: null,
    space: null,
    va: null,
  };
  // The oracle speaks right before the access that it is about: that one says where.
  if (ORACLE.has(rec.finding)) return found;
  if (found.object !== null && found.page !== null) {
    for (const one of scene.frames.values()) {
      const at = one.use === 'free' ? one.last : { object: one.object, index: one.index };
      if (at?.object === found.object && at.index === found.page) found.frame = one.frame;
    }
  }
  return found;
}
