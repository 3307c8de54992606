/** What the page knows at one position of a run: nothing but a fold of the events up to there. */

import type { BusyState, Channel, EntryView, FindingKind, LockId, Mode, Value } from './events';

export interface Task {
  id: number;
  /** Label of the point it passed last. */
  at: string;
  /** Index of the operation it is in, or null between operations. */
  op: number | null;
  opsDone: number;
  /** What it sleeps on, and that in words. */
  waits: { channel: Channel; words: string } | null;
  /** Its locks; `words` say what each belongs to. */
  holds: { lock: LockId; mode: Mode; words: string }[];
  /** The fault it is in. */
  fault: { va: number; write: boolean; walk: number[] } | null;
  error: number;
}

export interface Process {
  id: number;
  space: number;
  parent: number | null;
  exited: boolean;
  /** Step at which it began, for "just forked". */
  born: number;
  /** How many descendants it stands for where its family is folded. */
  hides?: number;
}

export interface Space {
  id: number;
  entries: Map<number, EntryView>;
  /** Entries of all levels: `level:prefix` → bits. */
  table: Map<string, bigint>;
  tables: Map<number, number>;
}

/** An object or what is left of it. `key` is its identity on the page: the engine may use an id again. */
export interface Obj {
  id: number;
  key: number;
  /** The event that made it: its name goes by that. */
  born: number;
  vnode: boolean;
  size: number;
  refs: number;
  pip: number;
  flags: number;
  backing: number | null;
  offset: number;
  pages: Map<number, number>;
  /** Height above the root of its chain when it was made; it keeps that, so that nothing jumps. */
  level: number;
  freedAt: number | null;
  /** The object that took its pages in a collapse. */
  mergedInto: number | null;
  /** The object that went round it in a bypass, and when. */
  bypassedBy: { object: number; step: number } | null;
}

/** A place in an object; the object by the event that made it, since numbers are used again. */
export interface Spot {
  objectEvent: number;
  index: number;
}

export type FrameUse = 'free' | 'page' | 'table' | 'loose';

export interface Frame {
  frame: number;
  use: FrameUse;
  object: number | null;
  index: number;
  busy: BusyState;
  valid: boolean;
  dirty: boolean;
  /** What the frame holds; null if nothing was ever written to it. */
  value: Value | null;
  /** The event that took it from the free list as a page; null if none has. */
  born: number | null;
  /** Where it stands, or stood last. */
  spot: Spot | null;
  /** Where it was when it was freed. */
  last: { object: number; index: number } | null;
  freedAt: number | null;
}

export interface Cpu {
  id: number;
  space: number | null;
  /** Virtual page number → PTE bits as cached. */
  tlb: Map<number, bigint>;
}

export interface SceneFinding {
  kind: FindingKind;
  step: number;
  task: number;
  object: number | null;
  page: number | null;
  /** The frame, the space and the page concerned, where the events before it say so. */
  frame: number | null;
  space: number | null;
  va: number | null;
}

export interface Scene {
  /** Events taken into account. */
  count: number;
  step: number;
  task: number | null;
  tasks: Map<number, Task>;
  processes: Map<number, Process>;
  spaces: Map<number, Space>;
  objects: Map<number, Obj>;
  /** Objects gone, newest first: they fade to outlines. */
  ghosts: Obj[];
  frames: Map<number, Frame>;
  /** Frames that were in use and are free again, the last one freed first. */
  free: number[];
  cpus: Map<number, Cpu>;
  /** What each address should hold: `space:vpn` → value. */
  model: Map<string, Value>;
  findings: SceneFinding[];
  /** Tasks that the last wakeup made runnable. */
  woken: number[];
  /** The last access to memory, for the page that a finding of the oracle is about. */
  lastAccess: { space: number; va: number; frame: number } | null;
  nextKey: number;
}

export function emptyScene(): Scene {
  return {
    count: 0,
    step: 0,
    task: null,
    tasks: new Map(),
    processes: new Map(),
    spaces: new Map(),
    objects: new Map(),
    ghosts: [],
    frames: new Map(),
    free: [],
    cpus: new Map(),
    model: new Map(),
    findings: [],
    woken: [],
    lastAccess: null,
    nextKey: 0,
  };
}

export function task(scene: Scene, id: number): Task {
  let found = scene.tasks.get(id);
  if (!found) {
    found = { id, at: 'begin', op: null, opsDone: 0, waits: null, holds: [], fault: null, error: 0 };
    scene.tasks.set(id, found);
  }
  return found;
}

export function space(scene: Scene, id: number): Space {
  let found = scene.spaces.get(id);
  if (!found) {
    found = { id, entries: new Map(), table: new Map(), tables: new Map() };
    scene.spaces.set(id, found);
  }
  return found;
}

export function frame(scene: Scene, id: number): Frame {
  let found = scene.frames.get(id);
  if (!found) {
    found = {
      frame: id,
      use: 'free',
      object: null,
      index: 0,
      busy: { busy: 'none' },
      valid: false,
      dirty: false,
      value: null,
      born: null,
      spot: null,
      last: null,
      freedAt: null,
    };
    scene.frames.set(id, found);
  }
  return found;
}

export function cpu(scene: Scene, id: number): Cpu {
  let found = scene.cpus.get(id);
  if (!found) {
    found = { id, space: null, tlb: new Map() };
    scene.cpus.set(id, found);
  }
  return found;
}

export const cellKey = (spaceId: number, page: number): string => `${spaceId}:${page}`;
