/**
 * What can be said of a state, sorted by what it is about, each thing by its name: numbers are given anew by every run,
 * and the same number may stand for another thing on the other side.
 */

import { entryAt, isDangling, mappings, shouldRead, wouldRead } from './inspect';
import type { Namer } from './names';
import { isWritable } from './pte';
import type { Frame, Scene } from './scene';

/** A state, and what everything in it is called. */
export interface View {
  scene: Scene;
  names: Namer;
}

/** A sort of thing that holds of a state: the statements that deserve a word, and what holds where there is none. */
export interface Aspect {
  name: string;
  /** How much it says, beside the others. */
  weight: number;
  statements(this: void, view: View): Iterable<readonly [subject: string, sentence: string]>;
  otherwise(this: void, subject: string, view: View): string;
}

const objectNamed = ({ scene, names }: View, name: string): boolean => [...scene.objects.values()].some((one) => names.objectBorn(one.born) === name);
const noObject = (name: string, view: View): string =>
  view.scene.ghosts.some((one) => view.names.objectBorn(one.born) === name) ? `${name} is gone` : `There is no ${name}`;

function* objects({ scene, names }: View) {
  for (const object of scene.objects.values()) {
    const name = names.objectBorn(object.born);
    if (name !== '?') yield { object, name };
  }
}

/** Frames that are pages, or were until they were freed. */
function* pages({ scene, names }: View): Generator<{ frame: Frame; name: string }> {
  for (const frame of scene.frames.values()) {
    if (frame.use !== 'table' && frame.born !== null && frame.spot) yield { frame, name: names.page(frame) };
  }
}

/** A page that the scenario does not name is called by its place. */
const placed = (name: string): { object: string; index: string } | null => {
  const [, object, index] = /^(.+)\[(\d+)\]$/.exec(name) ?? [];
  return object !== undefined && index !== undefined ? { object, index } : null;
};
const page = (name: string): string => {
  const place = placed(name);
  return place ? `page ${place.index} of ${place.object}` : `\`${name}\``;
};
/** The same at the beginning of a sentence. */
const Page = (name: string): string => page(name).replace(/^p/, 'P');
const noPage = (name: string): string => {
  const place = placed(name);
  return place ? `${place.object} has no page ${place.index}` : `There is no \`${name}\``;
};

/** Who acts: a sequence performs for one process after the other. */
const actor = ({ scene, names }: View, id: number): string => {
  const process = names.processOfTask(id) === null ? names.processDoing(id, scene.tasks.get(id)?.op ?? null) : null;
  return `*${process === null ? names.task(id) : names.process(process)}*`;
};

const pageNamed = (view: View, name: string): Frame | undefined => [...pages(view)].find((one) => one.name === name && one.frame.use !== 'free')?.frame;

function* processes({ scene, names }: View) {
  for (const process of scene.processes.values()) yield { process, name: names.process(process.id) };
}

/** `B va0` → *B*’s `va0`. */
const possessive = (subject: string): string => subject.replace(/^(\S+) (.*)$/, '*$1*’s `$2`');

function* translations(view: View) {
  const { scene, names } = view;
  for (const { process, name } of processes(view)) {
    if (process.exited) continue;
    for (const one of mappings(scene, process.space)) {
      yield { mapping: one, subject: `${name} ${names.address(one.page * 4096)}`, to: page(names.page(scene.frames.get(one.frame))) };
    }
  }
}

const taskState = (name: string, { scene, names }: View): string => {
  const known = names.names.tasks.find((one) => one.name === name);
  const task = known && scene.tasks.get(known.id);
  if (!known || !task) return `*${name}* has not begun`;
  const { op } = task;
  if (op !== null) return `*${name}* is at \`${names.operation(known.id, op) ?? `operation ${op + 1}`}\``;
  return task.opsDone >= known.program.length ? `*${name}* is done` : `*${name}* is between two operations`;
};

function* tasks({ scene, names }: View) {
  for (const task of scene.tasks.values()) {
    if (names.names.tasks.some((one) => one.id === task.id)) yield { task, name: names.task(task.id) };
  }
}

/** All of them, what says most first. */
export const ASPECTS: readonly Aspect[] = [
  {
    name: 'dangling',
    weight: 96,
    *statements(view) {
      for (const { mapping, subject, to } of translations(view)) {
        const free = view.scene.frames.get(mapping.frame)?.use === 'free';
        if (isDangling(view.scene, mapping)) yield [subject, `${possessive(subject)} still leads to ${to}, which is ${free ? 'free' : 'no longer its page'}`];
      }
    },
    otherwise: (subject, view) => {
      const found = [...translations(view)].find((one) => one.subject === subject);
      return found ? `${possessive(subject)} leads to ${found.to}, its own page` : `${possessive(subject)} leads nowhere`;
    },
  },
  {
    name: 'busy',
    weight: 90,
    *statements(view) {
      for (const { frame, name } of pages(view)) {
        if (frame.busy.busy === 'exclusive') yield [name, `${actor(view, frame.busy.owner)} keeps ${page(name)} busy`];
        if (frame.busy.busy === 'shared') yield [name, `${Page(name)} is shared busy, with ${frame.busy.holders} ${frame.busy.holders === 1 ? 'holder' : 'holders'}`];
      }
    },
    otherwise: (name) => `${Page(name)} is not busy`,
  },
  {
    name: 'place',
    weight: 84,
    *statements(view) {
      for (const { frame, name } of pages(view)) {
        if (frame.use === 'free') yield [name, `${Page(name)} is free`];
        else if (frame.object === null) yield [name, `${Page(name)} belongs to no object`];
        else yield [name, `${placed(name) ? 'There is' : Page(name) + ' is'} page ${frame.index} of ${view.names.object(view.scene, frame.object)}`];
      }
    },
    otherwise: noPage,
  },
  {
    name: 'backing',
    weight: 80,
    *statements(view) {
      for (const { object, name } of objects(view)) {
        if (object.backing !== null) yield [name, `${name} shadows ${view.names.object(view.scene, object.backing)}`];
      }
    },
    otherwise: (name, view) => (objectNamed(view, name) ? `${name} shadows nothing` : noObject(name, view)),
  },
  {
    name: 'object',
    weight: 74,
    *statements(view) {
      for (const { name } of objects(view)) yield [name, `${name} is still there`];
    },
    otherwise: noObject,
  },
  {
    name: 'reads',
    weight: 72,
    *statements(view) {
      const { scene, names } = view;
      for (const { process, name } of processes(view)) {
        if (process.exited) continue;
        for (const key of scene.model.keys()) {
          if (!key.startsWith(`${process.space}:`)) continue;
          const va = Number(key.slice(key.indexOf(':') + 1)) * 4096;
          if (!entryAt(scene, process.space, va)) continue;
          const reading = wouldRead(scene, process.space, va);
          const should = shouldRead(scene, process.space, va);
          if (reading.how === 'nothing' || should === null) continue;
          const right = reading.value === should;
          yield [`${name} ${names.address(va)}`, `*${name}* would read ${names.value(reading.value)} at \`${names.address(va)}\`${right ? ', as it should' : `, and should read ${names.value(should)}`}`];
        }
      }
    },
    otherwise: (subject) => `Nothing is at ${possessive(subject)}`,
  },
  {
    name: 'entry',
    weight: 70,
    *statements(view) {
      const { scene, names } = view;
      for (const { process, name } of processes(view)) {
        if (process.exited) continue;
        for (const { start, object } of scene.spaces.get(process.space)?.entries.values() ?? []) {
          const subject = `${name} ${names.address(start)}`;
          if (object !== null) yield [subject, `${possessive(subject)} belongs to ${names.object(scene, object)}`];
        }
      }
    },
    otherwise: (subject) => `${possessive(subject)} has no object`,
  },
  {
    name: 'process',
    weight: 68,
    *statements(view) {
      for (const { process, name } of processes(view)) yield [name, process.exited ? `*${name}* has exited` : `*${name}* lives`];
    },
    otherwise: (name) => `There is no *${name}* yet`,
  },
  {
    name: 'asleep',
    weight: 66,
    *statements(view) {
      for (const { task, name } of tasks(view)) if (task.waits) yield [name, `*${name}* is asleep on ${task.waits.words}`];
    },
    otherwise: (name, view) => (taskState(name, view).endsWith('is done') ? `*${name}* is done` : `*${name}* is awake`),
  },
  {
    name: 'mapped',
    weight: 64,
    *statements(view) {
      for (const { mapping, subject, to } of translations(view)) {
        yield [subject, `${possessive(subject)} is mapped to ${to}, ${isWritable(mapping.bits) ? 'writable' : 'read-only'}`];
      }
    },
    otherwise: (subject) => `${possessive(subject)} is not mapped`,
  },
  {
    name: 'valid',
    weight: 46,
    *statements(view) {
      for (const { frame, name } of pages(view)) if (frame.use === 'page' && !frame.valid) yield [name, `${Page(name)} is not valid yet`];
    },
    otherwise: (name, view) => (pageNamed(view, name) ? `${Page(name)} is valid` : noPage(name)),
  },
  {
    name: 'references',
    weight: 40,
    *statements(view) {
      for (const { object, name } of objects(view)) yield [name, `${name} has ${object.refs} ${object.refs === 1 ? 'reference' : 'references'}`];
    },
    otherwise: noObject,
  },
  {
    name: 'paging',
    weight: 36,
    *statements(view) {
      for (const { object, name } of objects(view)) if (object.pip > 0) yield [name, `${name} has ${object.pip} paging in progress`];
    },
    otherwise: (name) => `${name} has no paging in progress`,
  },
  {
    name: 'tlb',
    weight: 30,
    *statements({ scene, names }) {
      for (const cpu of scene.cpus.values()) {
        if (cpu.space === null) continue;
        for (const vpn of cpu.tlb.keys()) {
          const address = `${names.space(scene, cpu.space)} ${names.address(vpn * 4096)}`;
          yield [`${cpu.id} ${address}`, `CPU ${cpu.id} has ${possessive(address)} in its TLB`];
        }
      }
    },
    otherwise: (subject) => subject.replace(/^(\S+) (.*)$/, (_, cpu: string, address: string) => `CPU ${cpu} does not have ${possessive(address)} in its TLB`),
  },
  {
    name: 'lock',
    weight: 20,
    *statements(view) {
      for (const { task, name } of tasks(view)) {
        for (const { words } of task.holds) yield [words, `*${name}* holds the lock of ${words}`];
      }
    },
    otherwise: (words) => `The lock of ${words} is free`,
  },
  {
    name: 'operation',
    weight: 10,
    *statements(view) {
      for (const { name } of tasks(view)) yield [name, taskState(name, view)];
    },
    otherwise: taskState,
  },
];
