/** The stretch of a run that the lanes show, and what of it is worth drawing. */

/** Positions from `from` to `to`. */
export interface Stretch {
  from: number;
  to: number;
}

/** A step narrower than this can neither be seen nor hit. */
const STEP_PX = 3;
const LEAST_STEPS = 12;
/** Share of the stretch that is kept in sight on both sides of the cursor. */
const ROOM = 0.06;

/** The whole run if its steps can be told apart in `width` pixels, else as much of it as can. */
export function whole(length: number, width: number): Stretch {
  return { from: 0, to: Math.max(1, Math.min(length, Math.floor(width / STEP_PX))) };
}

/** Fewer or more steps, with the one at `at` staying where it is. */
export function zoomedStretch({ from, to }: Stretch, factor: number, at: number, length: number): Stretch {
  const size = Math.min(length, Math.max(Math.min(length, LEAST_STEPS), (to - from) / factor));
  const share = (at - from) / Math.max(1, to - from);
  return within(at - share * size, size, length);
}

/** Moves as little as it takes to have a position in sight. */
export function showing({ from, to }: Stretch, position: number, length: number): Stretch {
  const size = Math.min(to - from, Math.max(1, length));
  const room = size * ROOM;
  const start = position < from + room ? position - room : position > from + size - room ? position + room - size : from;
  return within(start, size, length);
}

export function within(from: number, size: number, length: number): Stretch {
  const start = Math.max(0, Math.min(from, length - size));
  return { from: start, to: start + Math.max(1, size) };
}

/** What lies in a stretch, without what would be drawn on the same `least` positions as the one before it. */
export function worthDrawing<T extends Stretch>(all: readonly T[], { from, to }: Stretch, least: number): T[] {
  const drawn: T[] = [];
  let covered = -Infinity;
  for (const one of all) {
    if (one.to < from || one.from > to) continue;
    if (one.to <= covered) continue;
    drawn.push(one);
    if (one.to - one.from < least) covered = one.from + least;
  }
  return drawn;
}
