/**
 * What a step changed, in fields: the state as a list of facts, and the difference between two such lists.
 *
 * Every field that the page folds from events is one fact here, so what the list does not say has not changed. The facts
 * after a step follow from those before it and its changes (`applied`).
 */

import type { BusyState, EntryView } from './events';
import type { Namer } from './names';
import { flags as bitsOf, frameOf, isPresent } from './pte';
import type { Frame, Obj, Scene, Space } from './scene';

/** A field of a thing, with its value in words. */
export interface Fact {
  thing: string;
  field: string;
  value: string;
}

/** A field that has another value now; `null` where there was or is none. */
export interface Change {
  key: string;
  thing: string;
  field: string;
  from: string | null;
  to: string | null;
}

/** Facts by what they are about: numbers of the engine, which a scene uses once. */
export type Facts = ReadonlyMap<string, Fact>;

/** The field of a thing that comes and goes: an object, an entry, a process. */
const EXISTS = 'exists';

/** The bits of `ObjectFlags` in the engine. */
const OBJECT_FLAGS: [number, string][] = [
  [0x8, 'DEAD'],
  [0x10, 'ANON'],
  [0x100, 'SHADOWLIST'],
  [0x400, 'SPLIT'],
  [0x800, 'COLLAPSING'],
  [0x2000, 'ONEMAPPING'],
];

const named = (flags: number): string => OBJECT_FLAGS.filter(([bit]) => flags & bit).map(([, name]) => name).join(' ') || 'none';

/** Everything that is the case in a scene. */
export function facts(scene: Scene, names: Namer): Facts {
  const all = new Map<string, Fact>();
  const add = (about: string, thing: string, fields: Record<string, string | null>): void => {
    for (const [field, value] of Object.entries(fields)) if (value !== null) all.set(`${about} ${field}`, { thing, field, value });
  };
  for (const object of scene.objects.values()) add(`object ${object.key}`, names.objectBorn(object.born), objectFields(scene, object, names));
  for (const frame of scene.frames.values()) add(`frame ${frame.frame}`, names.page(frame), frameFields(scene, frame, names));
  for (const space of scene.spaces.values()) addSpace(scene, space, names, add);
  for (const cpu of scene.cpus.values()) {
    const runs = cpu.space === null ? null : names.space(scene, cpu.space);
    add(`cpu ${cpu.id}`, `CPU ${cpu.id}`, { 'address space': runs });
    for (const [page, bits] of cpu.tlb) {
      add(`tlb ${cpu.id} ${page}`, `CPU ${cpu.id}’s TLB`, { [names.address(page * 4096)]: translation(scene, bits, names) });
    }
  }
  for (const process of scene.processes.values()) add(`process ${process.id}`, names.process(process.id), { [EXISTS]: process.exited ? null : 'yes' });
  for (const task of scene.tasks.values()) {
    add(`task ${task.id}`, names.task(task.id), {
      operation: task.op === null ? null : (names.operation(task.id, task.op) ?? String(task.op)),
      holds: task.holds.map(({ words, mode }) => `${words} (${mode})`).join(', ') || null,
      'waits for': task.waits?.words ?? null,
      'fault at': task.fault && names.address(task.fault.va),
    });
  }
  for (const [cell, value] of scene.model) {
    const [space = '', page = ''] = cell.split(':');
    add(`stored ${cell}`, names.space(scene, Number(space)), { [`${names.address(Number(page) * 4096)} should hold`]: names.value(value) });
  }
  return all;
}

function objectFields(scene: Scene, object: Obj, names: Namer): Record<string, string | null> {
  return {
    [EXISTS]: 'yes',
    references: String(object.refs),
    'backing object': object.backing === null ? 'none' : names.object(scene, object.backing),
    'offset in it': object.backing === null || object.offset === 0 ? null : String(object.offset),
    'pages in memory': String(object.pages.size),
    length: String(object.size),
    'paging in progress': String(object.pip),
    flags: named(object.flags),
  };
}

function frameFields(scene: Scene, frame: Frame, names: Namer): Record<string, string | null> {
  const isPage = frame.use === 'page' || frame.use === 'loose';
  return {
    place: frame.use === 'page' && frame.object !== null ? `page ${frame.index} of ${names.object(scene, frame.object)}` : places[frame.use],
    busy: isPage ? busy(frame.busy, names) : null,
    contents: isPage ? (frame.valid ? 'valid' : 'not valid') : null,
    dirty: isPage ? (frame.dirty ? 'yes' : 'no') : null,
    value: frame.value === null ? null : names.value(frame.value),
  };
}

const FREE = 'free list';
const places: Record<Frame['use'], string> = { free: FREE, page: 'no object', table: 'page table', loose: 'no object' };

function busy(state: BusyState, names: Namer): string {
  switch (state.busy) {
    case 'exclusive':
      return `exclusive (${names.task(state.owner)})`;
    case 'shared':
      return `shared (${state.holders})`;
    case 'freed':
      return 'freed';
    default:
      return 'free';
  }
}

function addSpace(scene: Scene, space: Space, names: Namer, add: (about: string, thing: string, fields: Record<string, string | null>) => void): void {
  const owner = names.space(scene, space.id);
  for (const [entry, view] of space.entries) {
    add(`entry ${space.id} ${entry}`, `${owner}’s entry ${names.address(view.start)}`, entryFields(scene, view, names));
  }
  for (const [key, bits] of space.table) {
    const [level = 1, number = 0] = key.split(':').map(Number);
    const va = names.address(number * 4096 * 512 ** (level - 1));
    if (level === 1) add(`pte ${space.id} ${key}`, `${owner}’s page table`, { [va]: translation(scene, bits, names) });
    else add(`pte ${space.id} ${key}`, `${owner}’s level ${level}`, { [va]: isPresent(bits) ? `table in frame ${frameOf(bits)}` : 'nothing' });
  }
}

function entryFields(scene: Scene, view: EntryView, names: Namer): Record<string, string | null> {
  const letters = ['r', 'w', 'x'].filter((_, bit) => view.protection & (1 << bit)).join('');
  return {
    [EXISTS]: 'yes',
    'ends at': names.address(view.end),
    object: view.object === null ? 'none' : names.object(scene, view.object),
    offset: view.offset === 0 ? null : String(view.offset),
    protection: letters || 'none',
    inheritance: String(view.inheritance),
    'copy on write': view.cow ? 'yes' : 'no',
    'needs copy': view.needs_copy ? 'yes' : 'no',
    stack: view.stack ? 'yes' : null,
  };
}

function translation(scene: Scene, bits: bigint, names: Namer): string {
  if (!isPresent(bits)) return 'nothing';
  const letters = bitsOf(bits).filter((flag) => flag.on).map((flag) => flag.letter).join('');
  return `${names.page(scene.frames.get(frameOf(bits)))} (${letters})`;
}

/** What has changed from one list of facts to another, in the order of the facts; what is gone comes last. */
export function changes(before: Facts, after: Facts): Change[] {
  const found: Change[] = [];
  for (const [key, { thing, field, value }] of after) {
    const old = before.get(key);
    if (old?.value !== value || old.thing !== thing) found.push({ key, thing, field, from: old?.value ?? null, to: value });
  }
  for (const [key, { thing, field, value }] of before) if (!after.has(key)) found.push({ key, thing, field, from: value, to: null });
  return found;
}

/** The facts after these changes. */
export function applied(before: Facts, made: readonly Change[]): Facts {
  const after = new Map(before);
  for (const { key, thing, field, to } of made) {
    if (to === null) after.delete(key);
    else after.set(key, { thing, field, value: to });
  }
  return after;
}

/** What a change is about: its key without the field. */
const about = ({ key, field }: Change): string => key.slice(0, key.length - field.length);

const ends = ({ field, to }: Change): boolean => (field === EXISTS && to === null) || (field === 'place' && to === FREE);

/**
 * Those that a reader is told. A thing that only has another name now is not another thing, and of what is gone or free
 * only that it is.
 */
export function told(made: readonly Change[]): Change[] {
  const ended = new Set(made.filter(ends).map(about));
  return made.filter((one) => one.from !== one.to && (ends(one) || !ended.has(about(one))));
}

/** A change in words: `references 2 → 1`. */
export function inWords({ field, from, to }: Change): string {
  if (field === EXISTS) return to === null ? 'is gone' : 'is new';
  return `${field} ${from ?? '–'} → ${to ?? '–'}`;
}
