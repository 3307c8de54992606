/**
 * A run as one SVG file that plays: every beat a frame, shown and hidden by CSS alone. It plays wherever SVG is shown, in
 * an `img` too, and stays sharp; a recording as WebM takes as long as the run plays, and not every browser can make or
 * show one. What several frames have in common is in the file once.
 */

import { isBeat } from '../core/beats';
import { layout, sizesFor } from '../core/layout';
import { dwell } from '../core/motion';
import type { Player } from '../core/player';
import type { Rec } from '../core/events';
import { contextAt, file, FOOT, words, type Size } from './picture';
import type { Model } from './model';
import { layers } from './still';
import type { Theme } from './still-css';
import { fold, apply } from '../core/fold';
import type { Scene } from '../core/scene';

/** Frames at most: a file of more would be too large to be shown. */
export const MOST_FRAMES = 600;
/** How long the last frame stays, in milliseconds, and the first at least. */
const LAST = 2500;
const FIRST = 900;
const MARGIN = 18;
const LEAST_WIDTH = 720;

/** Positions of the frames, and for how long each stays. */
function frames(player: Player): { position: number; ms: number }[] {
  const found = [{ position: 0, ms: FIRST }];
  let records: Rec[] = [];
  player.steps.forEach((step, nth) => {
    records = [...records, ...step.records];
    if (!isBeat(step)) return;
    found.push({ position: nth + 1, ms: dwell(records) });
    records = [];
  });
  const last = found.at(-1);
  if (last) last.ms = LAST;
  return found;
}

/** How many frames a film of the run has. */
export const frameCount = (player: Player): number => frames(player).length;

/** A part of the picture, and in which frames it is there. */
interface Part {
  layer: number;
  markup: string;
  shown: number[];
}

/** `progress` hears how many frames are drawn; between two of them the page can do other things. */
export async function film(model: Model, canvas: Size, theme: Theme, progress: (drawn: number, of: number) => void): Promise<string> {
  const { player } = model;
  const all = frames(player);
  const width = Math.max(LEAST_WIDTH, canvas.w);
  const sizes = sizesFor(width);
  // One size for all frames, so that nothing moves but what moves in the run.
  const size = { w: width, h: 0 };
  each(player, all, (scene) => {
    const at = layout(scene, { width, sizes });
    size.w = Math.max(size.w, Math.ceil(at.width));
    size.h = Math.max(size.h, Math.ceil(at.height));
  });
  const parts = new Map<string, Part>();
  const add = (layer: number, markup: string, nth: number): void => {
    const key = `${layer} ${markup}`;
    const part = parts.get(key) ?? { layer, markup, shown: [] };
    part.shown.push(nth);
    parts.set(key, part);
  };
  const scenes = walk(player);
  for (const [nth, { position }] of all.entries()) {
    const scene = scenes(position);
    const at = layout(scene, { width: size.w, height: size.h, sizes });
    add(0, `<path class="ground" d="M0 ${at.surface}H${at.width}"/>`, nth);
    const drawn = layers(contextAt(model, position), scene, at);
    drawn.forEach((some, layer) => some.forEach((one) => add(layer + 1, one, nth)));
    words(player, position, size.w, size.h).forEach((one) => add(drawn.length + 1, one, nth));
    progress(nth + 1, all.length);
    if (nth % 8 === 7) await new Promise((resume) => setTimeout(resume));
  }
  const times = starts(all.map((one) => one.ms));
  const { styles, content } = animated([...parts.values()].sort((a, b) => a.layer - b.layer), times);
  const bar = `<rect class="bar" x="${MARGIN}" y="${size.h + FOOT - 5}" width="${size.w - 2 * MARGIN}" height="2"/>`;
  return file({ w: size.w, h: size.h + FOOT }, `${player.scenario} under ${player.policy}, the run`, theme, content + bar, styles);
}

function walk(player: Player): (position: number) => Scene {
  const scene = fold([], player.setup);
  let taken = 0;
  return (position) => {
    for (; taken < position; taken++) for (const rec of player.steps[taken]?.records ?? []) apply(scene, rec);
    return scene;
  };
}

function each(player: Player, all: { position: number }[], look: (scene: Scene) => void): void {
  const scenes = walk(player);
  for (const { position } of all) look(scenes(position));
}

/** When each frame begins, and when all is over. */
function starts(lengths: readonly number[]): number[] {
  const times = [0];
  for (const ms of lengths) times.push((times.at(-1) ?? 0) + ms);
  return times;
}

/** Parts that are there in the same frames share one animation. */
function animated(parts: readonly Part[], times: readonly number[]): { styles: string; content: string } {
  const total = times.at(-1) ?? 1;
  const count = times.length - 1;
  const percent = (frame: number): string => `${(((times[frame] ?? total) / total) * 100).toFixed(3)}%`;
  const names = new Map<string, string>();
  let styles = `.bar{fill:var(--accent);transform-box:fill-box;transform-origin:0 0;animation:bar ${total}ms linear infinite}@keyframes bar{from{transform:scaleX(0)}}`;
  const content = parts.map(({ markup, shown }) => {
    if (shown.length === count) return markup;
    const key = shown.join();
    let name = names.get(key);
    if (name === undefined) {
      name = `k${names.size}`;
      names.set(key, name);
      const there = new Set(shown);
      const keys = Array.from({ length: count }, (_, nth) => nth)
        .filter((nth) => nth === 0 || there.has(nth) !== there.has(nth - 1))
        .map((nth) => `${percent(nth)}{visibility:${there.has(nth) ? 'visible' : 'hidden'}}`);
      const last = there.has(count - 1) ? 'visible' : 'hidden';
      styles += `.${name}{visibility:${last};animation:${name} ${total}ms step-end infinite}@keyframes ${name}{${keys.join('')}100%{visibility:${last}}}`;
    }
    return `<g class="${name}">${markup}</g>`;
  });
  // Who wants no motion sees the end.
  return { styles: `${styles}@media (prefers-reduced-motion: reduce){*{animation:none!important}}`, content: content.join('') };
}
