import { expect, it } from 'vitest';
import { descendants, folded } from './families';
import { emptyScene, type Obj, type Scene } from './scene';

const object = (id: number, backing: number | null): Obj => ({
  id, key: id, born: id, vnode: false, size: 1, refs: 1, pip: 0, flags: 0, backing, offset: 0, pages: new Map(), level: 0, freedAt: null, mergedInto: null, bypassedBy: null,
});

/** P (0) forked A (1), which forked B (2); each has an object of its own in front of a common one, and object 9 belongs to none. */
function family(): Scene {
  const scene = emptyScene();
  for (const [id, parent] of [[0, null], [1, 0], [2, 1]] as const) {
    scene.processes.set(id, { id, space: id, parent, exited: false, born: 0 });
    const entry = { start: 0, end: 4096, object: 10 + id, offset: 0, needs_copy: false, stack: false };
    scene.spaces.set(id, { id, entries: new Map([[0, entry as never]]), table: new Map(), tables: new Map() });
    scene.objects.set(10 + id, object(10 + id, 20));
  }
  scene.objects.set(20, object(20, null));
  scene.objects.set(9, object(9, null));
  return scene;
}

it('leaves one process of a family, and the objects that others can reach', () => {
  const scene = family();
  expect(descendants(scene, 0).map((one) => one.id)).toEqual([1, 2]);
  const inner = folded(scene, new Set([1]));
  expect([...inner.processes.values()].map((process) => process.hides)).toEqual([undefined, 1]);
  expect([[...inner.processes.keys()], [...inner.objects.keys()].sort()]).toEqual([[0, 1], [10, 11, 20, 9]]);
  const outer = folded(scene, new Set([0, 1]));
  expect([[...outer.processes.keys()], [...outer.objects.keys()].sort()]).toEqual([[0], [10, 20, 9]]);
});

it('is the scene itself where there is nothing to fold', () => {
  const scene = family();
  expect(folded(scene, new Set())).toBe(scene);
  expect(folded(scene, new Set([2]))).toBe(scene);
});
