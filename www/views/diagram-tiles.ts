/** Pages: a tile wears the colour of what it holds; its state is marked on it, never in another colour. */

import { nothing, svg, type SVGTemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isDangling, mappings, waiters } from '../core/inspect';
import type { Layout, Tile } from '../core/layout-types';
import { task, type Frame, type Scene } from '../core/scene';
import type { DrawContext } from './model';

export function tiles(model: DrawContext, scene: Scene, at: Layout): SVGTemplateResult {
  return svg`${repeat(
    at.tiles,
    (tile) => tile.frame,
    (tile) => one(model, scene, tile, scene.frames.get(tile.frame)),
  )}`;
}

function one(model: DrawContext, scene: Scene, tile: Tile, frame: Frame | undefined): SVGTemplateResult | typeof nothing {
  if (!frame) return nothing;
  const free = frame.use === 'free';
  const { size } = tile;
  const wrong = isReachedWrongly(scene, frame.frame);
  const swatch = model.swatch(frame.value);
  // An invalid page has something in it, but nothing that counts.
  const hollow = !frame.valid && !free;
  const fill = hollow ? 'url(#invalid)' : swatch.fill;
  const plain = hollow || swatch.blank || free;
  const names = model.player.names;
  const stroke = hollow || swatch.blank ? 'var(--s-edge)' : 'none';
  return svg`<g class="tile ${free ? 'free' : ''} ${plain ? 'plain' : ''}" data-frame=${frame.frame}
      .style=${`transform: translate(${tile.x}px, ${tile.y}px)`}>
    <rect class="back" width=${size} height=${size} rx="9"></rect>
    <rect width=${size} height=${size} rx="9" fill=${fill} stroke=${stroke} fill-opacity=${free ? 0.4 : 1}></rect>
    ${swatch.pattern === 'none' || hollow ? nothing : svg`<rect width=${size} height=${size} rx="9" fill="url(#${swatch.pattern})"></rect>`}
    ${hollow ? svg`<rect class="plate" x="4" y="4" width=${size - 8} height="17" rx="4"></rect>` : nothing}
    <text class="name" x="8" y="17">${names.page(frame)}</text>
    ${hollow ? nothing : svg`<text class="value" x=${size / 2} y=${size / 2 + 12} text-anchor="middle">${names.value(frame.value)}</text>`}
    ${frame.dirty && !free ? svg`<circle class="dirty" cx=${size - 9} cy="10" r="3"></circle>` : nothing}
    ${ring(frame, size)}
    ${wrong ? svg`<rect class="wrong" x="-4.5" y="-4.5" width=${size + 9} height=${size + 9} rx="13"></rect>` : nothing}
    ${wrong && free ? svg`<path class="crack" d="M${size / 2 + 4} -2l-7 16 10 8-11 14 8 ${size - 36}"></path>` : nothing}
    ${holders(model, scene, frame, size)}
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
function holders(model: DrawContext, scene: Scene, frame: Frame, size: number): SVGTemplateResult | typeof nothing {
  const { names } = model.player;
  const pills: { text: string; kind: string }[] = [];
  if (frame.use !== 'free' && frame.busy.busy === 'exclusive') pills.push({ text: names.task(frame.busy.owner), kind: 'holder' });
  if (frame.use !== 'free' && frame.busy.busy === 'shared') pills.push({ text: `×${frame.busy.holders}`, kind: 'holder' });
  for (const id of waiters(scene, frame.frame)) pills.push({ text: names.task(id), kind: 'waiter' });
  if (pills.length === 0) return nothing;
  return pillRow(pills, size / 2, size - 5);
}

export interface Pill {
  text: string;
  kind: string;
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
    </g>`;
  })}`;
}

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
