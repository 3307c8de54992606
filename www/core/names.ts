/** Names a person uses for what the engine numbers. */

import { vpn, type Value } from './events';
import type { NameChanges, Names } from './generated/types';
import type { Frame, Scene } from './scene';
import { withTail } from './tail';

export type { NameChanges, Names } from './generated/types';

export const noNames: Names = { tasks: [], processes: [], files: [], objects: [], pages: [], base: 0 };

/** Number of the task that performs the set-up. */
export const SET_UP = 0;

/** Pages that have a short name, from `va0` on. */
const NAMED_PAGES = 1 << 20;

export class Namer {
  private readonly tasks: Map<number, Names['tasks'][number]>;
  private readonly objects: Map<number, string>;

  constructor(readonly names: Names) {
    this.tasks = new Map(names.tasks.map((task) => [task.id, task]));
    this.objects = new Map(names.objects.map((object) => [object.from, object.name]));
  }

  /** The names after these changes. */
  after({ all, ...changes }: NameChanges): Namer {
    if (all) return new Namer(all);
    const [objects, pages] = [withTail(this.names.objects, changes.objects), withTail(this.names.pages, changes.pages)];
    const same = objects === this.names.objects && pages === this.names.pages;
    return same ? this : new Namer({ ...this.names, objects, pages });
  }

  task(id: number): string {
    return this.tasks.get(id)?.name ?? `T${id}`;
  }

  processOfTask(id: number): number | null {
    return this.tasks.get(id)?.process ?? null;
  }

  /** The process for which a task performs one of its operations: a sequence has none of its own. */
  processDoing(id: number, op: number | null): number | null {
    return this.processOfTask(id) ?? (op === null ? null : (this.tasks.get(id)?.program[op]?.process ?? null));
  }

  tasksOf(process: number): number[] {
    return this.names.tasks.filter((task) => task.process === process).map((task) => task.id);
  }

  /** The text of a task's operation in the scenario. */
  operation(id: number, op: number): string | null {
    return this.tasks.get(id)?.program[op]?.text ?? null;
  }

  process(id: number): string {
    return this.names.processes[id] ?? `P${id}`;
  }

  file(id: number): string {
    return `file ${this.names.files[id] ?? id}`;
  }

  space(scene: Scene, id: number): string {
    const owners = [...scene.processes.values()].filter((process) => process.space === id);
    const owner = owners.find((process) => !process.exited) ?? owners.at(-1);
    return owner ? this.process(owner.id) : 'the new process';
  }

  /** An object by its number, as it is called now: numbers are used again. */
  object(scene: Scene, id: number): string {
    const object = scene.objects.get(id) ?? scene.ghosts.find((ghost) => ghost.id === id);
    return object ? this.objectBorn(object.born) : `o${id}`;
  }

  /** An object by the event that made it. */
  objectBorn(event: number): string {
    return this.objects.get(event) ?? '?';
  }

  /** A page has the name that the scenario gives it, or else it is called by its place. */
  page(frame: Frame | undefined): string {
    if (!frame) return '?';
    const { born, spot } = frame;
    if (born === null || !spot) return `frame ${frame.frame}`;
    // A name is given to the page that has the frame at that event.
    const given = this.names.pages.find((page) => page.id === frame.frame && page.from >= born);
    return given ? given.name : `${this.objectBorn(spot.objectEvent)}[${spot.index}]`;
  }

  pageNumber(va: number): number {
    return vpn(va) - vpn(this.names.base);
  }

  address(va: number): string {
    const page = this.pageNumber(va);
    return page >= 0 && page < NAMED_PAGES ? `va${page}` : `0x${va.toString(16)}`;
  }

  /** A value as a scenario writes it: its letters, the first in the lowest byte. */
  value(value: Value | null): string {
    if (value === null) return '–';
    if (value === 0n) return '0';
    let text = '';
    for (let rest = value; rest > 0n; rest >>= 8n) {
      const code = Number(rest & 0xffn);
      if (code <= 0x20 || code > 0x7e) return short(value);
      text += String.fromCharCode(code);
    }
    return text;
  }
}

/** A word that no scenario wrote: its last digits are enough to tell it from another. */
function short(value: Value): string {
  const hex = value.toString(16);
  return hex.length > 4 ? `…${hex.slice(-3)}` : `x${hex}`;
}
