/**
 * The engine's event stream as the page sees it, field for field as
 * `crate/engine/src/event.rs` serialises it. Identities are numbers; the three
 * words that may use all 64 bits (contents, PTE bits) are bigints.
 */

export type Bits = bigint;
export type Value = bigint;

export type LockClass = 'map' | 'vnode' | 'object' | 'pmap';
export interface LockId {
  class: LockClass;
  index: number;
}
export type Mode = 'read' | 'write';

export type Channel =
  | { on: 'lock'; lock: LockId }
  | { on: 'busy'; page: number }
  | { on: 'pip'; object: number }
  | { on: 'object_busy'; object: number }
  | { on: 'vfork'; parent: number }
  | { on: 'memory' };

export type BusyState =
  | { busy: 'none' }
  | { busy: 'shared'; holders: number }
  | { busy: 'exclusive'; owner: number }
  | { busy: 'freed' };

export interface EntryView {
  start: number;
  end: number;
  object?: number | null;
  offset: number;
  protection: number;
  inheritance: number;
  cow: boolean;
  needs_copy: boolean;
  stack: boolean;
}

export type Refusal = 'pip' | 'dead' | 'busy' | 'invalid' | 'unshadowed';
export type ScanStep = 'outside' | 'invalid' | 'shadowed' | 'renamed' | 'wait' | 'skip';
export type FaultKind = 'soft' | 'zero_fill' | 'cow_copy' | 'cow_rename' | 'pager';
export type Restart = 'busy' | 'dead' | 'relookup' | 'memory' | 'upgrade';

type Kind<K extends string, F = object> = { kind: K } & F;
type OnObject<F = object> = { object: number } & F;

export type Event =
  | Kind<'point', { at: string }>
  | Kind<'op_start', { op: number }>
  | Kind<'op_end', { op: number; error: number }>
  | Kind<'op_skip', { op: number; process: number; why: 'unborn' | 'killed' | 'exited' }>
  | Kind<'signal', { va: number; signal: number }>
  | Kind<'acquire', { lock: LockId; mode: Mode }>
  | Kind<'release', { lock: LockId }>
  | Kind<'sleep', { channel: Channel }>
  | Kind<'wakeup', { channel: Channel; tasks: number }>
  | Kind<'process', { process: number; space: number; parent?: number | null }>
  | Kind<'process_exec', { process: number; space: number }>
  | Kind<'process_exit', { process: number }>
  | Kind<'entry_set', { space: number; entry: number; view: EntryView }>
  | Kind<'entry_remove', { space: number; entry: number }>
  | Kind<'object_new', OnObject<{ vnode: boolean; size: number }>>
  | Kind<'object_ref', OnObject<{ count: number }>>
  | Kind<'object_pip', OnObject<{ count: number }>>
  | Kind<'object_flags', OnObject<{ flags: number }>>
  | Kind<'object_size', OnObject<{ size: number }>>
  | Kind<'object_link', OnObject<{ backing: number; offset: number }>>
  | Kind<'object_unlink', OnObject<{ backing: number }>>
  | Kind<'object_free', OnObject>
  | Kind<'page_alloc' | 'page_remove' | 'page_insert', { page: number; object: number; index: number }>
  | Kind<'page_rename', { page: number; from: number; from_index: number; to: number; to_index: number }>
  | Kind<'page_free', { page: number }>
  | Kind<'page_busy', { page: number; state: BusyState }>
  | Kind<'page_valid', { page: number; valid: boolean }>
  | Kind<'page_dirty', { page: number; dirty: boolean }>
  | Kind<'page_copy', { from: number; to: number; value: Value }>
  | Kind<'page_zero', { page: number }>
  | Kind<'page_fill', { page: number; value: Value }>
  | Kind<'page_write', { page: number; file?: number | null; value: Value }>
  | Kind<'swap_block', OnObject<{ index: number; held: boolean }>>
  | Kind<
      'access',
      { cpu: number; space: number; va: number; page: number; write: boolean; value: Value; expected: Value }
    >
  | Kind<'hardware_fault', { cpu: number; va: number; code: number }>
  | Kind<'entry', { space: number; va: number; level: number; bits: Bits }>
  | Kind<'tlb_fill', { cpu: number; va: number; bits: Bits }>
  | Kind<'tlb_drop', { cpu: number; va: number }>
  | Kind<'tlb_flush', { cpu: number }>
  | Kind<'activate' | 'deactivate', { cpu: number; space: number }>
  | Kind<'table_alloc', { space: number; level: number; page: number }>
  | Kind<'table_free', { space: number; page: number }>
  | Kind<'fault_enter', { va: number; write: boolean; protection: boolean }>
  | Kind<'fault_lookup', OnObject<{ index: number; writable: boolean }>>
  | Kind<'fault_walk', OnObject<{ index: number }>>
  | Kind<'fault_found', { page: number; object: number; index: number }>
  | Kind<'fault_restart', { why: Restart }>
  | Kind<'fault_relookup', { ok: boolean }>
  | Kind<
      'fault_end',
      { va: number; resolved?: FaultKind | null; error: number; protection: boolean; chain: number }
    >
  | Kind<'collapse', OnObject<{ backing: number }>>
  | Kind<'collapse_refused', OnObject<{ backing: number; why: Refusal; page?: number | null }>>
  | Kind<'collapse_scan', OnObject<{ page: number; what: ScanStep }>>
  | Kind<'collapsed', OnObject<{ backing: number }>>
  | Kind<'bypass', OnObject<{ backing: number; by_count: boolean }>>
  | Kind<'split', OnObject<{ into: number }>>
  | Kind<'found', { finding: FindingKind; object?: number | null; page?: number | null }>;

export type FindingKind =
  | 'freed-while-mapped'
  | 'foreign'
  | 'zeroed'
  | 'stale'
  | 'future'
  | 'assertion'
  | 'tlb'
  | 'expectation'
  | 'deadlock'
  | 'lost-wakeup'
  | 'livelock';

/** An event with the step it belongs to and the task that caused it. */
export type Rec = { step: number; task: number } & Event;

/** A finding as the engine words it. */
export interface Finding {
  kind: FindingKind;
  property: string;
  step: number;
  task: string;
  object?: string | null;
  page?: number | null;
  /** What translated to the page then: by a page table, or in the TLB of a CPU. */
  mappings: { process: string; va: string; writable: boolean; cpu?: number | null }[];
  /** Who held or waited for something then, in the scenario's names. */
  tasks: { task: string; at?: string | null; holds: string[]; waits_for?: string | null }[];
  detail: string;
  /** In sentences: what it is, what led to the page, and who held or waited for what. */
  told: string[];
  /** It follows from an earlier one: they have one cause. */
  follows?: number;
}

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 1 << PAGE_SHIFT;
export const vpn = (va: number): number => Math.floor(va / PAGE_SIZE);

/** The 64-bit fields: everything else fits a number, whatever the binding made of it. */
const WIDE = new Set(['value', 'expected', 'bits']);

/** Gives a record from the binding its types: wide words become bigints, all others numbers. */
export function normalise(raw: unknown): Rec {
  return convert(raw, '') as Rec;
}

function convert(raw: unknown, name: string): unknown {
  if (typeof raw === 'bigint') return WIDE.has(name) ? raw : Number(raw);
  if (typeof raw === 'number') return WIDE.has(name) ? BigInt(raw) : raw;
  if (Array.isArray(raw)) return raw.map((item) => convert(item, ''));
  if (raw !== null && typeof raw === 'object') {
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, convert(value, key)]));
  }
  return raw;
}
