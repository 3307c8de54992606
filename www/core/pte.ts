/** x86-64 paging-structure entries as the inspector reads them. */

import { PAGE_SHIFT } from './events';

export const PTE = {
  V: 1n << 0n,
  RW: 1n << 1n,
  U: 1n << 2n,
  A: 1n << 5n,
  M: 1n << 6n,
  PS: 1n << 7n,
  G: 1n << 8n,
  MANAGED: 1n << 10n,
  WIRED: 1n << 11n,
  NX: 1n << 63n,
} as const;

const FRAME_MASK = 0x000f_ffff_ffff_f000n;

export const isPresent = (bits: bigint): boolean => (bits & PTE.V) !== 0n;
export const isWritable = (bits: bigint): boolean => (bits & PTE.RW) !== 0n;
export const frameOf = (bits: bigint): number => Number((bits & FRAME_MASK) >> BigInt(PAGE_SHIFT));

/** Names of the levels as the processor's manual has them, from the root down. */
export const LEVEL_NAMES: Record<number, string> = { 4: 'PML4E', 3: 'PDPTE', 2: 'PDE', 1: 'PTE' };

const shift = (level: number): number => PAGE_SHIFT + 9 * (level - 1);

/** Index of an address in its table of `level`. */
export const indexAt = (va: number, level: number): number => Math.floor(va / 2 ** shift(level)) % 512;

/** Names an entry within its space: all addresses below it share it. */
export const entryKey = (level: number, va: number): string => `${level}:${Math.floor(va / 2 ** shift(level))}`;

export interface Flag {
  letter: string;
  name: string;
  on: boolean;
}

/** The bits of an entry worth a glance, in a fixed order. */
export function flags(bits: bigint): Flag[] {
  const flag = (letter: string, name: string, mask: bigint): Flag => ({ letter, name, on: (bits & mask) !== 0n });
  return [
    flag('P', 'present', PTE.V),
    flag('W', 'writable', PTE.RW),
    flag('U', 'user', PTE.U),
    flag('A', 'accessed', PTE.A),
    flag('D', 'dirty', PTE.M),
  ];
}
