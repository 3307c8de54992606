/** Questions to a scene: how an address is translated, and what a load would return now. */

import { PAGE_SIZE, vpn, type EntryView, type Value } from './events';
import { entryKey, frameOf, indexAt, isPresent } from './pte';
import { cellKey, type Obj, type Scene } from './scene';

export interface Level {
  level: number;
  index: number;
  bits: bigint;
  present: boolean;
  frame: number | null;
}

/** The walk from the root down; it ends at the first entry that is not present. */
export function walk(scene: Scene, spaceId: number, va: number): Level[] {
  const table = scene.spaces.get(spaceId)?.table;
  const levels: Level[] = [];
  for (let level = 4; level >= 1; level--) {
    const bits = table?.get(entryKey(level, va)) ?? 0n;
    const present = isPresent(bits);
    levels.push({ level, index: indexAt(va, level), bits, present, frame: present ? frameOf(bits) : null });
    if (!present) break;
  }
  return levels;
}

export interface Cached {
  cpu: number;
  bits: bigint;
  frame: number;
  /** It no longer says what the page table says. */
  stale: boolean;
}

/** What the TLBs of the CPUs that run this space have for an address. */
export function cached(scene: Scene, spaceId: number, va: number): Cached[] {
  const pte = walk(scene, spaceId, va).at(-1);
  const real = pte?.level === 1 && pte.present ? pte : null;
  const found: Cached[] = [];
  for (const cpu of scene.cpus.values()) {
    const bits = cpu.space === spaceId ? cpu.tlb.get(vpn(va)) : undefined;
    if (bits === undefined) continue;
    const frame = frameOf(bits);
    found.push({ cpu: cpu.id, bits, frame, stale: real?.frame !== frame });
  }
  return found;
}

export function entryAt(scene: Scene, spaceId: number, va: number): EntryView | null {
  for (const view of scene.spaces.get(spaceId)?.entries.values() ?? []) {
    if (va >= view.start && va < view.end) return view;
  }
  return null;
}

/** The object of an id, be it gone already. */
export function objectOf(scene: Scene, id: number): Obj | undefined {
  return scene.objects.get(id) ?? scene.ghosts.find((ghost) => ghost.id === id);
}

/** The objects that a fault on an entry would walk, the newest first. */
export function chainOf(scene: Scene, view: EntryView): Obj[] {
  const chain: Obj[] = [];
  let object = view.object == null ? undefined : scene.objects.get(view.object);
  while (object && !chain.includes(object)) {
    chain.push(object);
    object = object.backing === null ? undefined : scene.objects.get(object.backing);
  }
  return chain;
}

export type Reading =
  | { how: 'mapped' | 'fault'; frame: number; value: Value; free: boolean }
  | { how: 'zero'; value: 0n }
  | { how: 'nothing' };

/** What a load by this space would return now: through its mapping, or else through a fault. */
export function wouldRead(scene: Scene, spaceId: number, va: number): Reading {
  const view = entryAt(scene, spaceId, va);
  if (!view) return { how: 'nothing' };
  const last = walk(scene, spaceId, va).at(-1);
  if (last?.level === 1 && last.frame !== null) {
    const frame = scene.frames.get(last.frame);
    return { how: 'mapped', frame: last.frame, value: frame?.value ?? 0n, free: frame?.use === 'free' };
  }
  let index = view.offset + vpn(va) - vpn(view.start);
  for (const object of chainOf(scene, view)) {
    const page = object.pages.get(index);
    const frame = page === undefined ? undefined : scene.frames.get(page);
    if (frame?.valid) return { how: 'fault', frame: frame.frame, value: frame.value ?? 0n, free: false };
    index += object.offset;
  }
  return { how: 'zero', value: 0n };
}

/** What a load should return, if any store of its lineage is known. */
export function shouldRead(scene: Scene, spaceId: number, va: number): Value | null {
  return scene.model.get(cellKey(spaceId, vpn(va))) ?? (entryAt(scene, spaceId, va) ? 0n : null);
}

export interface Mapping {
  space: number;
  page: number;
  bits: bigint;
  frame: number;
}

/** All translations of a space that its page tables hold. */
export function mappings(scene: Scene, spaceId: number): Mapping[] {
  const found: Mapping[] = [];
  for (const [key, bits] of scene.spaces.get(spaceId)?.table ?? []) {
    if (!key.startsWith('1:') || !isPresent(bits)) continue;
    found.push({ space: spaceId, page: Number(key.slice(2)), bits, frame: frameOf(bits) });
  }
  return found;
}

/**
 * A translation that must not be: its frame is free, or, after a finding about
 * that frame, holds a page that the entry's chain does not reach. Without a
 * finding a page outside the chain is no fault: a split or a bypass passes through such states.
 */
export function isDangling(scene: Scene, mapping: Mapping): boolean {
  const frame = scene.frames.get(mapping.frame);
  if (!frame) return false;
  if (frame.use === 'free' || frame.use === 'table') return true;
  if (!scene.findings.some((finding) => finding.frame === mapping.frame)) return false;
  const view = entryAt(scene, mapping.space, mapping.page * PAGE_SIZE);
  return view !== null && !chainOf(scene, view).some((object) => object.id === frame.object);
}

/** The tasks that sleep on a page, and what the holder of its busy lock is. */
export function waiters(scene: Scene, frame: number): number[] {
  return [...scene.tasks.values()]
    .filter((task) => task.waits?.channel.on === 'busy' && task.waits.channel.page === frame)
    .map((task) => task.id);
}
