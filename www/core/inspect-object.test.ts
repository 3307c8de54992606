import { expect, it } from 'vitest';
import { fold } from './fold';
import { holders, mappers, objectBorn, referrers } from './inspect-object';
import { emptyScene, type Obj } from './scene';
import { names, page, records, VA, view, withChild } from './testing';

const born = (nth: number): number => names.objects[nth]?.from ?? -1;
const at = (...more: Parameters<typeof records>) => fold(records(...withChild, ...more), emptyScene());

it('says who refers to an object, and who maps its page', () => {
  const scene = at();
  const [o, s] = [objectBorn(scene, born(0)), objectBorn(scene, born(1))] as [Obj, Obj];
  expect(referrers(scene, o)).toEqual([{ by: 'entry', process: 0, va: VA }, { by: 'shadow', object: s.id }]);
  expect(referrers(scene, s)).toEqual([{ by: 'entry', process: 1, va: VA }]);
  expect(mappers(scene, 7)).toEqual([{ process: 0, va: page(0) }]);
  expect(mappers(scene, 8)).toEqual([]);
});

it('says who holds its lock and who waits for it', () => {
  const lock = { class: 'object', index: 0 } as const;
  const scene = fold(
    [
      ...records(...withChild),
      { step: 0, task: 0, kind: 'acquire', lock, mode: 'read' },
      { step: 0, task: 1, kind: 'sleep', channel: { on: 'lock', lock } },
    ],
    emptyScene(),
  );
  const o = objectBorn(scene, born(0));
  expect(o && holders(scene, o)).toEqual({ hold: [{ task: 0, read: true }], wait: [1] });
});

it('tells an object from a later one with the same number', () => {
  const scene = at(
    { kind: 'entry_set', space: 1, entry: 1, view: view(null) },
    { kind: 'object_unlink', object: 1, backing: 0 },
    { kind: 'object_free', object: 1 },
    { kind: 'object_new', object: 1, vnode: false, size: 1, file: null },
  );
  expect(objectBorn(scene, born(1))?.freedAt).not.toBe(null);
  expect(objectBorn(scene, born(1))?.size).toBe(2);
  expect(objectBorn(scene, 999)).toBe(undefined);
});
