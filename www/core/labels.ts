/** What a thumbnail says in words: what is wrong in its scene, and where in the picture that is. */

import { objectOf } from './inspect';
import type { Layout } from './layout-types';
import type { Namer } from './names';
import type { Scene } from './scene';

export interface Label {
  text: string;
  x: number;
  y: number;
  anchor: 'start' | 'end' | 'middle';
  wrong: boolean;
}

/** Width of a letter, about. */
export const LETTER = 11;
/** Units around what a label is about. */
const APART = 14;

/** Labels for translations to free pages, for these pages, and for references that a bypass has cut. */
export function labels(scene: Scene, names: Namer, at: Layout): Label[] {
  return [...pointers(names, at), ...freed(scene, at), ...cuts(scene, names, at)];
}

function pointers(names: Namer, at: Layout): Label[] {
  const wrong = at.columns.filter(({ entries }) => entries.some((entry) => entry.cells.some((cell) => cell.wrong)));
  return wrong.map(({ process, x }) => ({ text: `${names.process(process.id)} still points here`, x, y: 0, anchor: 'start', wrong: true }));
}

function freed(scene: Scene, at: Layout): Label[] {
  const wrong = new Set(at.lines.filter((line) => line.wrong).map((line) => line.frame));
  return at.tiles
    .filter((tile) => wrong.has(tile.frame) && scene.frames.get(tile.frame)?.use === 'free')
    .map(({ x, y, size }) => ({ text: 'the page is free', x: x + size / 2, y: y + size + 2 * APART, anchor: 'middle', wrong: true }));
}

function cuts(scene: Scene, names: Namer, at: Layout): Label[] {
  return at.boxes.flatMap(({ key, object }) => {
    const middle = at.lines.find((line) => line.key === `c${key}`)?.middle;
    const by = object.bypassedBy && objectOf(scene, object.bypassedBy.object);
    if (!middle || !by) return [];
    const text = `${names.objectBorn(by.born)} was cut off ${names.objectBorn(object.born)} here`;
    // Towards the middle of the picture: outside lines go round.
    const [x, anchor] = middle.x > at.width / 2 ? [middle.x - APART, 'end' as const] : [middle.x + APART, 'start' as const];
    return [{ text, x, y: middle.y + 6, anchor, wrong: false }];
  });
}
