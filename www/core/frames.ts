/** Physical memory in a replay: what the words of a frame say, as `trace/view.rs` writes them, and how that is coloured. */

/** Words of a frame. */
export const FRAME_WORDS = 4;
const IN_USE = 0x80000000;
const CHAIN_SHIFT = 24;
const INDEX_MASK = 0xffffff;

export interface FrameFact {
  frame: number;
  /** Recorded accesses that were served with it. */
  accesses: number;
  inUse: boolean;
  /** Of the last of these: the process as an index, the object whose page it was, and how long its chain was. */
  process: number;
  object: number;
  index: number;
  chain: number;
}

/** Null for a frame with which nothing was served. */
export function frameFact(words: Uint32Array, frame: number): FrameFact | null {
  const [accesses = 0, who = 0, object = 0, rest = 0] = words.subarray(frame * FRAME_WORDS, (frame + 1) * FRAME_WORDS);
  if (accesses === 0) return null;
  return { frame, accesses, inUse: (rest & IN_USE) !== 0, process: who - 1, object, index: rest & INDEX_MASK, chain: (rest >>> CHAIN_SHIFT) & 0x7f };
}

/** How many frames stand in a row: about four times as many as there are rows, a power of two. */
export const rowLength = (frames: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, frames * 4)) / 2);

/** The next frame before or behind one with which anything was served; that one where there is none. */
export function nextUsed(words: Uint32Array, from: number, step: 1 | -1): number {
  const count = words.length / FRAME_WORDS;
  for (let frame = from + step; frame >= 0 && frame < count; frame += step) if ((words[frame * FRAME_WORDS] ?? 0) > 0) return frame;
  return from;
}

/** Shades of one colour table: more accesses are darker, on a scale on which one among thousands can be seen. */
export const SHADES = 32;

export const shade = (accesses: number): number => Math.min(SHADES - 1, Math.floor(Math.log2(1 + accesses) * 4));

/** Colours as 32-bit pixels: of frames in use, of frames that were, of one that never was, and of an object's frames. */
export interface Colours {
  used: Uint32Array;
  freed: Uint32Array;
  never: number;
  object: number;
}

/** Paints frames `from` to `to` into pixels, one each. */
export function paint(pixels: Uint32Array, words: Uint32Array, colours: Colours, range: { from: number; to: number }, object: number | null): void {
  for (let frame = range.from; frame < range.to; frame++) {
    const at = frame * FRAME_WORDS;
    const accesses = words[at] ?? 0;
    if (accesses === 0) {
      pixels[frame] = colours.never;
      continue;
    }
    const inUse = ((words[at + 3] ?? 0) & IN_USE) !== 0;
    const ours = object !== null && inUse && words[at + 2] === object;
    pixels[frame] = ours ? colours.object : ((inUse ? colours.used : colours.freed)[shade(accesses)] ?? colours.never);
  }
}
