/** The processes of a recording as a tree in time. */

import type { RecordedLife } from './generated/types';

export type { RecordedLife } from './generated/types';

/** A process in the tree: a row each, children below their parent in the order in which they were forked. */
export interface Row {
  process: number;
  life: RecordedLife;
  /** The row of its parent. */
  parent: number | null;
}

export function rows(lives: readonly RecordedLife[]): Row[] {
  const children = new Map<number | null, number[]>();
  lives.forEach((life, process) => {
    const parent = life.parent !== null && life.parent < lives.length ? life.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), process]);
  });
  const found: Row[] = [];
  const waiting = (children.get(null) ?? []).map((process) => ({ process, parent: null as number | null })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const life = lives[next.process];
    if (!life) continue;
    const row = found.length;
    found.push({ process: next.process, life, parent: next.parent });
    for (const process of (children.get(next.process) ?? []).toReversed()) waiting.push({ process, parent: row });
  }
  return found;
}

/** The chain at each stretch of a life: what was met there, or else before; 0 outside of it, and before the first access. */
export function chainsOf(chains: Uint8Array, process: number, bins: number, life: { from: number; to: number }, events: number): Uint8Array {
  const found = new Uint8Array(bins);
  const bin = (event: number): number => Math.min(bins - 1, Math.floor((event * bins) / Math.max(1, events)));
  let last = 0;
  for (let at = bin(life.from); at <= bin(life.to); at++) {
    const met = chains[process * bins + at] ?? 0;
    if (met > 0) last = met;
    found[at] = last;
  }
  return found;
}

/** The longest chain that a process met. */
export const longest = (chains: Uint8Array, process: number, bins: number): number => chains.subarray(process * bins, (process + 1) * bins).reduce((most, one) => Math.max(most, one), 0);
