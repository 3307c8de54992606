import { expect, it } from 'vitest';
import { findingFacts } from './narrate-findings';

it('says who translated to the page and who held or awaited what', () => {
  expect(
    findingFacts({
      mappings: [
        { process: 'B', va: 'va0', writable: false, cpu: null },
        { process: 'B', va: 'va0', writable: true, cpu: 2 },
      ],
      tasks: [
        { task: 'G', at: 'object_lock', holds: ['object O (write)'], waits_for: 'object M' },
        { task: 'B1', at: 'pmap_enter', holds: [], waits_for: 'page 0 of O' },
      ],
    }),
  ).toEqual([
    'Mapped by B va0 (read-only), B va0 in the TLB of CPU 2.',
    'G holds object O (write) and waits for object M.',
    'B1 waits for page 0 of O.',
  ]);
  expect(findingFacts({ mappings: [], tasks: [] })).toEqual([]);
});
