/** The way of a fault down the chain, with what each object answered. */

import { nothing, svg, type SVGTemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Layout, ObjectBox } from '../core/layout-types';
import { rail } from '../core/layout';
import { Router, type Point } from '../core/route';
import { stopPlace, type Trail } from '../core/trail';
import { vpn } from '../core/events';
import type { DrawContext } from './model';
import { pillRow } from './diagram-tiles';

/** Trails with the place of each of their stops; that of the task that acts now, and the one that is looked at, are strong. */
export function trails(model: DrawContext, all: readonly Trail[], at: Layout, acting: number | null, looked: Trail | null): SVGTemplateResult {
  const router = new Router(at.boxes, at.width, rail(at.sizes));
  return svg`${repeat(all, trailKey, (trail) => one(model, trail, at, router, trail.task === acting || (trail.process === looked?.process && trail.va === looked.va)))}`;
}

export const trailKey = (trail: Trail): string => `${trail.task ?? 'chosen'}`;

function one(model: DrawContext, trail: Trail, at: Layout, router: Router, strong: boolean): SVGTemplateResult | typeof nothing {
  const cell = at.columns
    .find((column) => column.process.id === trail.process)
    ?.entries.flatMap((entry) => entry.cells)
    .find((one) => one.page === vpn(trail.va));
  if (!cell) return nothing;
  let from: Point = { x: cell.x + cell.w * 0.3, y: cell.y + cell.h };
  const parts: { key: string; d: string; box: ObjectBox; stop: Trail['stops'][number]; x: number; y: number; slot: boolean }[] = [];
  trail.stops.forEach((stop, nth) => {
    const box = at.boxes.find((one) => one.key === stop.object.key && !one.ghost);
    if (!box) return;
    const { x, y, slot } = stopPlace(box, stop.index, at.sizes.tile);
    const left = slot ? x - at.sizes.tile * 0.3 : x;
    parts.push({ key: `${nth}.${box.key}`, d: `${router.path(from, { x: left, y: box.y })}V${y}`, box, stop, x: left, y, slot });
    from = { x: left, y: box.y + box.h };
  });
  const last = parts.at(-1);
  const name = trail.task === null ? '' : model.player.names.task(trail.task);
  return svg`<g class="trail ${strong ? '' : 'faint'}" data-trail=${trailKey(trail)}>
    <circle class="knot" cx=${cell.x + cell.w * 0.3} cy=${cell.y + cell.h} r="3.4"></circle>
    ${repeat(
      parts,
      (part) => part.key,
      (part) => svg`<path class="leg" data-leg=${part.key} d=${part.d}></path>`,
    )}
    ${parts.map(({ stop, x, y, slot }) => svg`<g class="answer ${stop.found ? 'yes' : 'no'}">
      <rect x=${x - 12} y=${y - (slot ? 8 : 7)} width="24" height="15" rx="7.5"></rect>
      <text x=${x} y=${y + (slot ? 3.4 : 4.4)} text-anchor="middle">${stop.found ? 'yes' : 'no'}</text>
    </g>`)}
    ${last && name ? pillRow([{ text: name, kind: 'probe' }], last.x, last.box.y - 19) : nothing}
  </g>`;
}
