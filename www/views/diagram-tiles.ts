/** Pages: a tile wears the colour of what it holds; its state is marked on it, never in another colour. */

import { nothing, svg, type SVGTemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isDangling, mappings, waiters } from '../core/inspect';
import { mappers } from '../core/inspect-object';
import type { Sizes, Tile } from '../core/layout-types';
import { task, type Frame, type Scene } from '../core/scene';
import type { Selection } from '../core/selection';
import { classes, type Looks } from './diagram-looks';
import type { DrawContext } from './model';

export function tiles(model: DrawContext, scene: Scene, shown: readonly Tile[], sizes: Sizes, on: Looks): SVGTemplateResult {
  return svg`${repeat(
    shown,
    (tile) => tile.frame,
    (tile) => one(model, scene, tile, sizes, on),
  )}`;
}

/** Where a tile is drawn, as a style. */
export const tileTransform = (x: number, y: number, zoom: number): string =>
  `translate(${x}px, ${y}px)${zoom === 1 ? '' : ` scale(${zoom})`}`;

function said(model: DrawContext, scene: Scene, frame: Frame, wrong: boolean): string {
  const { names } = model.player;
  const by = mappers(scene, frame.frame).map((one) => `${names.process(one.process)} ${names.address(one.va)}`);
  const holds = frame.use === 'free' ? 'free' : frame.valid ? `holds ${names.value(frame.value)}` : 'not valid';
  return `Page ${names.page(frame)}, ${holds}${by.length > 0 ? `, mapped by ${by.join(', ')}` : ''}${wrong ? ', wrong' : ''}`;
}

function one(model: DrawContext, scene: Scene, tile: Tile, sizes: Sizes, on: Looks): SVGTemplateResult | typeof nothing {
  const frame = scene.frames.get(tile.frame);
  if (!frame) return nothing;
  const free = frame.use === 'free';
  const size = sizes.tile;
  const me: Selection = { frame: frame.frame };
  const selected = on.isSelected(me);
  const wrong = isReachedWrongly(scene, frame.frame);
  const swatch = model.swatch(frame.value);
  // An invalid page has something in it, but nothing that counts.
  const hollow = !frame.valid && !free;
  const fill = hollow ? 'url(#invalid)' : swatch.fill;
  const plain = hollow || swatch.blank || free;
  const names = model.player.names;
  const stroke = hollow || swatch.blank ? 'var(--s-edge)' : 'none';
  return svg`<g class="tile ${classes({ free, plain, selected, back: on.isBack({ frame: frame.frame }) })}" data-frame=${frame.frame}
      role="button" aria-label=${said(model, scene, frame, wrong)} aria-pressed=${selected ? 'true' : 'false'} tabindex=${on.isStop(me) ? 0 : -1}
      @click=${() => on.select(me)} .style=${`transform: ${tileTransform(tile.x, tile.y, tile.zoom)}`}>
    <rect class="hit" x="-6" y="-6" width=${size + 12} height=${size + 12} rx="13"></rect>
    <rect class="ground" width=${size} height=${size} rx="9"></rect>
    <rect width=${size} height=${size} rx="9" fill=${fill} stroke=${stroke} fill-opacity=${free ? 0.4 : 1}></rect>
    ${swatch.pattern === 'none' || hollow ? nothing : svg`<rect width=${size} height=${size} rx="9" fill="url(#${swatch.pattern})"></rect>`}
    ${hollow ? svg`<rect class="plate" x="4" y="4" width=${size - 8} height="17" rx="4"></rect>` : nothing}
    <text class="name" x="8" y="17">${names.page(frame)}</text>
    ${hollow ? nothing : svg`<text class="value" x=${size / 2} y=${size / 2 + 12} text-anchor="middle">${names.value(frame.value)}</text>`}
    ${frame.dirty && !free ? svg`<circle class="dirty" cx=${size - 8} cy=${size - 8} r="3"><title>dirty: it was written to</title></circle>` : nothing}
    ${ring(frame, size)}
    ${wrong ? svg`<rect class="wrong" x="-4.5" y="-4.5" width=${size + 9} height=${size + 9} rx="13"></rect>` : nothing}
    ${wrong && free ? svg`<path class="crack" d="M${size / 2 + 4} -2l-7 16 10 8-11 14 8 ${size - 36}"></path>` : nothing}
    ${holders(model, scene, frame, size, sizes.gap)}
  </g>`;
}

/** Some process can still reach the frame although it must not. */
function isReachedWrongly(scene: Scene, frame: number): boolean {
  for (const space of scene.spaces.keys()) {
    if (mappings(scene, space).some((one) => one.frame === frame && isDangling(scene, one))) return true;
  }
  return false;
}

function ring(frame: Frame, size: number): SVGTemplateResult | typeof nothing {
  if (frame.use === 'free' || frame.busy.busy === 'none' || frame.busy.busy === 'freed') return nothing;
  const shared = frame.busy.busy === 'shared' ? 'shared' : '';
  return svg`<rect class="ring ${shared}" x="-4" y="-4" width=${size + 8} height=${size + 8} rx="13" pathLength="100"></rect>`;
}

/** Who holds the page busy, and who waits for it: pills on its lower edge. */
function holders(model: DrawContext, scene: Scene, frame: Frame, size: number, gap: number): SVGTemplateResult | typeof nothing {
  const { names } = model.player;
  const pills: { text: string; kind: string }[] = [];
  if (frame.use !== 'free' && frame.busy.busy === 'exclusive') pills.push({ text: names.task(frame.busy.owner), kind: 'holder' });
  if (frame.use !== 'free' && frame.busy.busy === 'shared') pills.push({ text: `×${frame.busy.holders}`, kind: 'holder' });
  for (const id of waiters(scene, frame.frame)) pills.push({ text: names.task(id), kind: 'waiter' });
  if (pills.length === 0) return nothing;
  return pillRow(fittingPills(pills, size + gap - 2), size / 2, size - 5);
}

export interface Pill {
  text: string;
  kind: string;
  /** Whom it stands for, if that is not its text. */
  title?: string;
}

const PILL_H = 15;
const pillWidth = (text: string): number => 10 + text.length * 6.6;

/** Pills side by side, centred on `cx`. */
export function pillRow(pills: Pill[], cx: number, y: number): SVGTemplateResult {
  const total = pills.reduce((sum, pill) => sum + pillWidth(pill.text) + 3, -3);
  let x = cx - total / 2;
  return svg`${pills.map((pill) => {
    const w = pillWidth(pill.text);
    const at = x;
    x += w + 3;
    return svg`<g class="pill ${pill.kind}">
      <rect x=${at} y=${y} width=${w} height=${PILL_H} rx="7.5"></rect>
      <text x=${at + w / 2} y=${y + 11.2} text-anchor="middle">${pill.text}</text>
      ${pill.title ? svg`<title>${pill.title}</title>` : nothing}
    </g>`;
  })}`;
}

/** As many pills as there is room for, and how many more there are. */
export function fittingPills(pills: Pill[], room: number): Pill[] {
  if (pillsWidth(pills) <= room || pills.length < 2) return pills;
  for (let count = pills.length - 1; count > 1; count--) {
    const some = [...pills.slice(0, count), rest(pills, count)];
    if (pillsWidth(some) <= room) return some;
  }
  return [...pills.slice(0, 1), rest(pills, 1)];
}

const rest = (pills: Pill[], from: number): Pill => ({ text: `+${pills.length - from}`, kind: 'waiter', title: pills.slice(from).map((pill) => pill.text).join(', ') });

export const pillsWidth = (pills: Pill[]): number => pills.reduce((sum, pill) => sum + pillWidth(pill.text) + 3, -3);

/** A task's caption on its process. */
export function busyTask(model: DrawContext, scene: Scene, process: number): string {
  const { names } = model.player;
  const mine = names.tasksOf(process).filter((id) => scene.tasks.has(id));
  const faulting = mine.filter((id) => task(scene, id).fault);
  const first = faulting.find((id) => id === scene.task) ?? faulting[0];
  if (first === undefined) return '';
  const { fault } = task(scene, first);
  return fault ? `${names.task(first)} ${fault.write ? 'writes' : 'reads'} ${names.address(fault.va)}` : '';
}
