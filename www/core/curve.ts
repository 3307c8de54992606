/** Lines as curves that can become one another. */

type Point = readonly [number, number];
/** Two handles and an end; the beginning is the end of the curve before. */
type Cubic = readonly [Point, Point, Point];

interface Curve {
  start: Point;
  cubics: Cubic[];
}

/** Reads the paths that the router makes: an `M`, then `C`s and `V`s. */
function parsed(d: string): Curve {
  const numbers = (text: string): number[] => text.trim().split(/[ ,]+/).map(Number);
  let at: Point = [0, 0];
  let start: Point = at;
  const cubics: Cubic[] = [];
  for (const [, command, text = ''] of d.matchAll(/([MCV])([^MCV]*)/g)) {
    const [a = 0, b = 0, c = 0, e = 0, x = 0, y = 0] = numbers(text);
    if (command === 'M') start = at = [a, b];
    else if (command === 'C') cubics.push([[a, b], [c, e], (at = [x, y])]);
    else {
      const [from, to]: [Point, Point] = [at, [at[0], a]];
      cubics.push([between(from, to, 1 / 3), between(from, to, 2 / 3), (at = to)]);
    }
  }
  return { start, cubics };
}

const between = (a: Point, b: Point, t: number): Point => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

/** Cuts the last curve in halves until there are as many as wanted; the line stays what it is. */
function cut({ start, cubics }: Curve, count: number): Curve {
  const all = [...cubics];
  while (all.length < count) {
    const last = all.pop() ?? [start, start, start];
    const from = all.at(-1)?.[2] ?? start;
    const [a, b, c] = [between(from, last[0], 0.5), between(last[0], last[1], 0.5), between(last[1], last[2], 0.5)];
    const [ab, bc] = [between(a, b, 0.5), between(b, c, 0.5)];
    all.push([a, ab, between(ab, bc, 0.5)], [bc, c, last[2]]);
  }
  return { start, cubics: all };
}

const round = (value: number): number => Math.round(value * 10) / 10;
const pair = ([x, y]: Point): string => `${round(x)} ${round(y)}`;

function written({ start, cubics }: Curve): string {
  return `M${pair(start)}${cubics.map((points) => `C${points.map(pair).join(' ')}`).join('')}`;
}

/** The same two lines with as many parts each, so that every part of one can become that of the other. */
export function alike(a: string, b: string): [string, string] {
  const [from, to] = [parsed(a), parsed(b)];
  const count = Math.max(1, from.cubics.length, to.cubics.length);
  return [written(cut(from, count)), written(cut(to, count))];
}

/** A line whose points are somewhere else. */
export function moved(d: string, place: (x: number, y: number) => [number, number]): string {
  const { start, cubics } = parsed(d);
  const to = ([x, y]: Point): Point => place(x, y);
  return written({ start: to(start), cubics: cubics.map(([a, b, c]): Cubic => [to(a), to(b), to(c)]) });
}
