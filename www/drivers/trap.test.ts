import { describe, expect, it } from 'vitest';
import { deathOf } from './trap';

const fewer = 'use fewer frames (the `frames` line)';
const unreachable = new WebAssembly.RuntimeError('unreachable');

describe('a trap', () => {
  it('is a lack of memory where nothing panicked, and says what to do', () => {
    expect(deathOf(unreachable, undefined, fewer)).toEqual({ message: 'Out of memory in this tab', remedy: fewer });
    expect(deathOf('Uncaught RuntimeError: unreachable', undefined, fewer)?.message).toBe('Out of memory in this tab');
    expect(deathOf(new RangeError('WebAssembly.Memory(): could not allocate memory'), undefined, fewer)?.remedy).toBe(fewer);
  });

  it('is never told as what the machine calls it', () => {
    const all = [unreachable, new RangeError('Maximum call stack size exceeded'), new WebAssembly.RuntimeError('memory access out of bounds')];
    for (const one of all) {
      for (const panicked of [undefined, 'panicked at src/a.rs:1:2:\nan index']) {
        const { message, remedy } = deathOf(one, panicked, fewer) ?? { message: 'unreachable' };
        expect(message).not.toContain('unreachable');
        expect(remedy).toBeTruthy();
      }
    }
    expect(deathOf(unreachable, 'panicked at src/a.rs:1:2:\nan index', fewer)?.message).toContain('mistake of its own (panicked at src/a.rs:1:2: an index)');
  });

  it('is something else than what the engine refuses', () => {
    expect(deathOf({ message: 'expected a section', remedy: 'write one' }, undefined, fewer)).toBeNull();
    expect(deathOf(new Error('no scenario is loaded'), undefined, fewer)).toBeNull();
  });
});
