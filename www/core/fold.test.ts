import { describe, expect, it } from 'vitest';
import type { Event } from './events';
import { fold } from './fold';
import { cached, isDangling, mappings, shouldRead, walk, wouldRead } from './inspect';
import { oneProcess, page, pte, records, VA, withChild } from './testing';

const after = (...events: Event[]) => fold(records(...events));

describe('the fold', () => {
  it('places pages, contents and mappings', () => {
    const scene = after(...oneProcess);
    expect(scene.objects.get(0)?.pages.get(0)).toBe(7);
    expect(scene.frames.get(7)).toMatchObject({ use: 'page', valid: true, value: 9n, object: 0, index: 0 });
    expect(mappings(scene, 0)).toEqual([{ space: 0, page: VA / 4096, bits: pte(7, true), frame: 7 }]);
  });

  it('does not change the scene it starts from', () => {
    const first = after(...oneProcess);
    fold(records({ kind: 'page_free', page: 7 }), first);
    expect(first.frames.get(7)?.use).toBe('page');
  });

  it('keeps the newer object above the older one, whichever order the links come in', () => {
    const scene = after(
      { kind: 'object_new', object: 0, vnode: false, size: 1, file: null },
      { kind: 'object_new', object: 1, vnode: false, size: 1, file: null },
      { kind: 'object_new', object: 2, vnode: false, size: 1, file: null },
      { kind: 'object_link', object: 2, backing: 1, offset: 0 },
      { kind: 'object_link', object: 1, backing: 0, offset: 0 },
    );
    expect([0, 1, 2].map((id) => scene.objects.get(id)?.level)).toEqual([0, 1, 2]);
  });

  it('gives a child what its parent should read, and a reader the right expectations', () => {
    const scene = after(...withChild);
    expect(shouldRead(scene, 1, VA)).toBe(9n);
    expect(wouldRead(scene, 1, VA)).toMatchObject({ how: 'fault', frame: 7, value: 9n });
    expect(wouldRead(scene, 1, page(1))).toEqual({ how: 'zero', value: 0n });
    expect(wouldRead(scene, 1, page(5))).toEqual({ how: 'nothing' });
  });

  it('sees a mapping that follows its page into the tray', () => {
    const scene = after(...oneProcess, { kind: 'page_free', page: 7 }, { kind: 'found', finding: 'freed-while-mapped', object: 0, page: 0 });
    expect(scene.free).toEqual([7]);
    expect(mappings(scene, 0).map((one) => isDangling(scene, one))).toEqual([true]);
    expect(wouldRead(scene, 0, VA)).toMatchObject({ how: 'mapped', free: true, value: 9n });
    expect(scene.findings[0]).toMatchObject({ kind: 'freed-while-mapped', frame: 7 });
  });

  it('knows who holds and who waits', () => {
    const lock = { class: 'object', index: 0 } as const;
    const scene = fold([
      { step: 0, task: 0, kind: 'acquire', lock, mode: 'write', words: 'O' },
      { step: 1, task: 1, kind: 'sleep', channel: { on: 'lock', lock }, words: 'the lock of O' },
      { step: 2, task: 2, kind: 'sleep', channel: { on: 'busy', page: 3 } },
    ]);
    expect(scene.tasks.get(0)?.holds).toEqual([{ lock, mode: 'write', words: 'O' }]);
    expect(scene.tasks.get(1)?.waits).toEqual({ channel: { on: 'lock', lock }, words: 'the lock of O' });
    const later = fold([{ step: 3, task: 0, kind: 'wakeup', channel: { on: 'lock', lock }, tasks: 1 }], scene);
    expect(later.tasks.get(1)?.waits).toBeNull();
    expect(later.tasks.get(2)?.waits).not.toBeNull();
  });

  it('walks four levels and shows a stale TLB', () => {
    const scene = after(
      ...oneProcess,
      { kind: 'activate', cpu: 1, space: 0 },
      { kind: 'tlb_fill', cpu: 1, va: VA, bits: pte(7, true) },
    );
    expect(walk(scene, 0, VA).map(({ level, index, frame }) => [level, index, frame])).toEqual([
      [4, 0, 24],
      [3, 0, 23],
      [2, 2, 22],
      [1, 0, 7],
    ]);
    expect(cached(scene, 0, VA)).toMatchObject([{ cpu: 1, frame: 7, stale: false }]);
    const cleared = fold(records({ kind: 'entry', space: 0, va: VA, level: 1, bits: 0n }), scene);
    expect(cached(cleared, 0, VA)).toMatchObject([{ stale: true }]);
  });
});
