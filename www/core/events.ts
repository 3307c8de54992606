/**
 * The engine's event stream as the page gets it, with types made of the engine's own. Identities are numbers; words of
 * which all 64 bits count (contents, PTE bits) are bigints.
 */

import type { FindingReport, NamedRecord } from './generated/types';

export type { BusyState, Channel, EntryView, Event, FindingKind, LockId, Mode } from './generated/types';

export type Bits = bigint;
export type Value = bigint;

/** An event with the step it belongs to and the task that caused it. */
export type Rec = NamedRecord;

/** A finding as the engine words it. */
export type Finding = FindingReport;

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 1 << PAGE_SHIFT;
export const vpn = (va: number): number => Math.floor(va / PAGE_SIZE);
