/** The name that may have been meant: the engine's rule, for names that the page looks up itself. */

/** Letters more, less, other, or changed in place with the next one. */
function edits(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, y) => Array.from({ length: b.length + 1 }, (_, x) => (y === 0 ? x : x === 0 ? y : 0)));
  const at = (y: number, x: number): number => rows[y]?.[x] ?? Infinity;
  for (let y = 1; y <= a.length; y++) {
    for (let x = 1; x <= b.length; x++) {
      const same = a[y - 1] === b[x - 1] ? 0 : 1;
      const turned = y > 1 && x > 1 && a[y - 1] === b[x - 2] && a[y - 2] === b[x - 1] ? at(y - 2, x - 2) + 1 : Infinity;
      const row = rows[y];
      if (row) row[x] = Math.min(at(y - 1, x) + 1, at(y, x - 1) + 1, at(y - 1, x - 1) + same, turned);
    }
  }
  return at(a.length, b.length);
}

/** Longer than any name that is near to one that is known. */
const LONGEST = 64;

/** The nearest of some names, if one is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST) return null;
  const [best] = known.map((one) => ({ one, far: edits(name.toLowerCase(), one.toLowerCase()) })).sort((a, b) => a.far - b.far);
  return best && best.far < best.one.length && best.far <= Math.floor(Math.max(best.one.length, 3) / 3) + 1 ? best.one : null;
}
