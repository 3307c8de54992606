/** “Break it”: scenarios of the gallery as levels, in a gentle order, each with an aim. How few preemptions it takes, the search says. */

import type { FindingKind } from './events';

export interface Level {
  /** In the gallery, on whose kernel it is to be broken. */
  scenario: string;
  /** What is to be brought about. */
  aim: string;
  /** The findings that count. */
  kind: FindingKind;
  /** The kernel on which it cannot be done. */
  fix: string;
}

export const LEVELS: readonly Level[] = [
  { scenario: 'sh', kind: 'stale', fix: '2021', aim: 'Make A\' read what A has already overwritten, in memory that they share.' },
  { scenario: 't3s', kind: 'freed-while-mapped', fix: '2021', aim: 'Make the kernel free a page that B still maps.' },
  { scenario: 'deadlock', kind: 'deadlock', fix: 'main', aim: 'Make two tasks wait for each other, for ever.' },
  { scenario: 'of4', kind: 'stale', fix: 'main', aim: 'Make A read a value that it overwrote long ago.' },
  { scenario: 'soft-busy', kind: 'assertion', fix: '2025-04', aim: 'Make an object go while it is still busy as a whole.' },
  { scenario: 'p2', kind: 'freed-while-mapped', fix: '2020-01-collapse', aim: 'Make the kernel free p0 while B still maps it. No wait protects it here.' },
  { scenario: 'tlb', kind: 'tlb', fix: '2019-11', aim: 'Let one CPU write the new copy of a page while another can still read the old one.' },
  { scenario: 'lost-wakeup', kind: 'lost-wakeup', fix: 'main', aim: 'Put T2 to sleep after its wakeup has come and gone.' },
  { scenario: 'rs', kind: 'freed-while-mapped', fix: '2025-04', aim: 'Make the kernel take a copy that nobody has mapped yet for the page itself.' },
  { scenario: 't3', kind: 'freed-while-mapped', fix: '2020-01-fixed', aim: 'The race of D23155: make the kernel free p0 while B still maps it.' },
];
