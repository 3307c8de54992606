/** Short streams for the unit tests, field for field as the engine sends them. */

import type { StepRecord } from './step-record';
import type { EntryView, Event, Rec } from './events';
import type { Names } from './names';

export const VA = 0x400000;
export const page = (index: number): number => VA + index * 4096;
export const pte = (frame: number, writable: boolean): bigint => (BigInt(frame) << 12n) | 0x25n | (writable ? 0x42n : 0n);

export const records = (...events: Event[]): Rec[] => events.map((event, step) => ({ step, task: 0, ...event }));

export const view = (object: number | null, pages = 2): EntryView => ({
  start: VA,
  end: page(pages),
  object,
  offset: 0,
  protection: 3,
  inheritance: 1,
  cow: false,
  needs_copy: false,
  stack: false,
});

/** Process 0 on space 0 with an object of two pages, the first of them in frame 7 with value 9, mapped. */
export const oneProcess: Event[] = [
  { kind: 'process', process: 0, space: 0, parent: null },
  { kind: 'object_new', object: 0, vnode: false, size: 2, file: null },
  { kind: 'entry_set', space: 0, entry: 0, view: view(0) },
  { kind: 'page_alloc', page: 7, object: 0, index: 0 },
  { kind: 'page_busy', page: 7, state: { busy: 'exclusive', owner: 0 } },
  { kind: 'page_zero', page: 7 },
  { kind: 'page_valid', page: 7, valid: true },
  ...[4, 3, 2].map((level): Event => ({ kind: 'entry', space: 0, va: VA, level, bits: pte(20 + level, true) })),
  { kind: 'entry', space: 0, va: VA, level: 1, bits: pte(7, true) },
  { kind: 'page_busy', page: 7, state: { busy: 'none' } },
  { kind: 'access', cpu: 0, space: 0, va: VA, page: 7, write: true, value: 9n, expected: 9n },
];

/** Process 1, a child of process 0, whose object 1 shadows object 0. */
export const withChild: Event[] = [
  ...oneProcess,
  { kind: 'process', process: 1, space: 1, parent: 0 },
  { kind: 'object_new', object: 1, vnode: false, size: 2, file: null },
  { kind: 'object_link', object: 1, backing: 0, offset: 0 },
  { kind: 'object_ref', object: 0, count: 2 },
  { kind: 'entry_set', space: 1, entry: 1, view: view(1) },
];

export const names: Names = {
  tasks: [
    { id: 0, name: 'A1', process: 0, program: [{ process: 0, text: 'store va0 X' }] },
    { id: 1, name: 'B1', process: 1, program: [{ process: 1, text: 'load va0' }] },
  ],
  processes: ['A', 'B'],
  files: [],
  objects: [
    { id: 0, from: 1, name: 'O' },
    { id: 1, from: withChild.findIndex((event) => event.kind === 'object_new' && event.object === 1), name: 'S' },
  ],
  pages: [],
  base: VA,
};

export const step = (task: number, events: (Event & { words?: string })[], more: Partial<StepRecord> = {}): StepRecord => ({
  task,
  at: 'begin',
  place: null,
  records: events.map((event) => ({ step: 0, task, ...event })),
  runnable: [
    { task: 0, at: 'begin' },
    { task: 1, at: 'begin' },
  ],
  done: false,
  findings: [],
  parted: [],
  text: '',
  quiet: more.text === undefined,
  ...more,
});
