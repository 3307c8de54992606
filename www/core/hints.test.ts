import { describe, expect, it } from 'vitest';
import { fold } from './fold';
import { hint } from './hints';
import { Namer } from './names';
import { chunk, names, records, VA, withChild } from './testing';

const scene = fold(records(...withChild));
const namer = new Namer(names);

describe('a hint', () => {
  it('is what the turn would do', () => {
    expect(hint(scene, chunk(1, [{ kind: 'page_busy', page: 7, state: { busy: 'exclusive', owner: 1 } }]), 'page_busied', namer)).toBe(
      'makes `O[0]` busy',
    );
  });

  it('names locks and counts where nothing else would be told', () => {
    const lock = { class: 'object', index: 1 } as const;
    expect(hint(scene, chunk(1, [{ kind: 'acquire', lock, mode: 'write' }]), 'object_lock', namer)).toBe('takes the lock of S');
    expect(hint(scene, chunk(1, [{ kind: 'object_ref', object: 0, count: 1 }]), 'ref_drop', namer)).toBe('leaves O with 1 reference');
    expect(hint(scene, chunk(1, []), 'ref_drop', namer)).toBe('passes `ref_drop`');
  });

  it('does not give away what goes wrong', () => {
    const read = { kind: 'access', cpu: 0, space: 1, va: VA, page: 7, write: false, value: 1n, expected: 9n } as const;
    expect(hint(scene, chunk(1, [read]), 'access', namer)).toBe('reaches for memory');
  });
});
