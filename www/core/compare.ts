/**
 * Two kernels on one schedule, in step: turns of which both have the same are taken
 * together, and where they part both sides say in their own words what they do.
 */

import type { Chunk } from './chunk';

/** Positions of both sides. */
export interface Joint {
  left: number;
  right: number;
}

/** A stretch in which the sides do different things. */
export interface Parting {
  /** Joint positions: after `from` steps they differ, up to `to`. */
  from: number;
  to: number;
  /** What each does there; empty if it does nothing meanwhile. */
  left: string;
  right: string;
  /** Something goes wrong on this side. */
  wrong: { left: boolean; right: boolean };
}

/** A turn by what another kernel can have in common with it: who, and at which point. */
function token(chunk: Chunk): string {
  const point = chunk.records.find((rec) => rec.kind === 'point');
  return `${chunk.task} ${point?.kind === 'point' ? point.at : ''}`;
}

/** All joint positions, from the beginning on: the longest common run of turns, and the others beside each other. */
export function align(left: readonly Chunk[], right: readonly Chunk[]): Joint[] {
  const [a, b] = [left.map(token), right.map(token)];
  const longest = table(a, b);
  const joints: Joint[] = [{ left: 0, right: 0 }];
  let [l, r] = [0, 0];
  while (l < a.length || r < b.length) {
    const same = l < a.length && r < b.length && a[l] === b[r];
    const [skipLeft, skipRight] = [longest[l + 1]?.[r] ?? -1, longest[l]?.[r + 1] ?? -1];
    if (same) [l, r] = [l + 1, r + 1];
    else if (r >= b.length || (l < a.length && skipLeft >= skipRight)) l++;
    else r++;
    joints.push({ left: l, right: r });
  }
  return joints;
}

/** `table[l][r]`: how many turns the rests from `l` and `r` on have in common. */
function table(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let l = a.length - 1; l >= 0; l--) {
    const [row, below] = [rows[l], rows[l + 1]];
    if (!row || !below) continue;
    for (let r = b.length - 1; r >= 0; r--) {
      row[r] = a[l] === b[r] ? (below[r + 1] ?? 0) + 1 : Math.max(below[r] ?? 0, row[r + 1] ?? 0);
    }
  }
  return rows;
}

export interface Side {
  chunks: readonly Chunk[];
}

const wrong = (chunks: readonly Chunk[], from: number, to: number): boolean =>
  chunks.slice(from, to).some((chunk) => chunk.records.some((rec) => rec.kind === 'found'));

/** Where two sides part, stretch by stretch; turns that nobody would tell about part nothing. */
export function partings(left: Side, right: Side, joints: readonly Joint[]): Parting[] {
  const found: (Parting & { task: number | undefined })[] = [];
  for (let at = 1; at < joints.length; at++) {
    const [before, after] = [joints[at - 1], joints[at]];
    if (!before || !after) continue;
    const l = before.left < after.left ? (left.chunks[before.left]?.text ?? '') : '';
    const r = before.right < after.right ? (right.chunks[before.right]?.text ?? '') : '';
    if (l === r) continue;
    const task = (before.left < after.left ? left.chunks[before.left] : right.chunks[before.right])?.task;
    const bad = {
      left: wrong(left.chunks, before.left, after.left),
      right: wrong(right.chunks, before.right, after.right),
    };
    const last = found.at(-1);
    if (last?.to === at - 1 && last.task === task) {
      last.to = at;
      last.left = join(last.left, l);
      last.right = join(last.right, r);
      last.wrong = { left: last.wrong.left || bad.left, right: last.wrong.right || bad.right };
    } else found.push({ from: at - 1, to: at, left: l, right: r, wrong: bad, task });
  }
  return found.map(({ task: _, ...parting }) => parting);
}

/**
 * The partings that tell the story: the first, the first at which both do something and it is not the same, and all that
 * go wrong. The others follow from these.
 */
export function foremost(all: readonly Parting[]): Parting[] {
  const differ = all.find((one) => one.left !== '' && one.right !== '');
  return all.filter((one, nth) => nth === 0 || one === differ || one.wrong.left || one.wrong.right);
}

const join = (one: string, other: string): string => [one, other].filter(Boolean).join(' ');
