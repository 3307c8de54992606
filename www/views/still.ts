/** A moment of a run as a picture that needs nothing but itself: in layers, as markup, without anything to press. */

import { html, render, svg, type TemplateResult } from 'lit';
import type { Layout } from '../core/layout-types';
import type { Fact } from '../core/findings';
import type { Scene } from '../core/scene';
import { faultTrails } from '../core/trail';
import { callout } from './diagram-callout';
import { inert } from './diagram-looks';
import { boxes, columns, lines } from './diagram-parts';
import { regions, trayBox } from './diagram-regions';
import { tiles } from './diagram-tiles';
import { trails } from './diagram-trail';
import type { DrawContext } from './model';
import { defs } from './swatch';

export interface StillContext extends DrawContext {
  facts: Fact[];
}

/** The layers of a picture, the lowest first; each is the markup of what stands in it. */
export function layers(context: StillContext, scene: Scene, at: Layout): string[][] {
  const isLow = (one: { where: string }): boolean => one.where !== 'object';
  const low = new Set(at.tiles.filter(isLow).map((tile) => tile.frame));
  const translations = at.lines.filter((line) => line.frame !== null);
  const parts = [
    regions(at),
    columns(context, scene, at, inert),
    lines(context, scene, at.lines.filter((line) => line.frame === null), inert),
    boxes(context, scene, at, inert),
    lines(context, scene, translations.filter((line) => !low.has(line.frame ?? -1)), inert),
    tiles(context, scene, at.tiles.filter((tile) => !isLow(tile)), at.sizes, inert),
    trails(context, faultTrails(scene, context.player.names), at, scene.task, null),
    trayBox(at),
    lines(context, scene, translations.filter((line) => low.has(line.frame ?? -1)), inert),
    tiles(context, scene, at.tiles.filter(isLow), at.sizes, inert),
    callout(context, scene, at),
  ];
  return markup(html`<svg>${parts.map((part) => svg`<g>${part}</g>`)}</svg>`);
}

/** Patterns and the shadow, as markup. */
export const definitions = (): string => markup(html`<svg><g>${defs}</g></svg>`).flat().join('');

/** Of each child of the drawing the markup of its children. */
function markup(drawing: TemplateResult): string[][] {
  const place = document.createElement('div');
  render(drawing, place);
  const serializer = new XMLSerializer();
  return [...(place.firstElementChild?.children ?? [])].map((layer) =>
    [...layer.children].filter(clean).map((one) => serializer.serializeToString(one).replaceAll(' xmlns="http://www.w3.org/2000/svg"', '')),
  );
}

/** What a reader presses or hears is not part of a picture; false for what is nothing else. */
function clean(element: Element): boolean {
  if (element.matches('.hit, .reach')) return false;
  for (const { name } of [...element.attributes]) {
    if (/^(role|tabindex|aria-.*|data-.*)$/.test(name)) element.removeAttribute(name);
  }
  for (const child of [...element.childNodes]) {
    if (child.nodeType === Node.COMMENT_NODE || (child instanceof Element && !clean(child))) child.remove();
  }
  return true;
}
