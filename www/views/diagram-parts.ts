/** The surface, the boxes and the lines of the levels. */

import { nothing, svg, type SVGTemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Cell, Column, Layout, Line, ObjectBox } from '../core/layout-types';
import { sameLock } from '../core/fold-tasks';
import type { LockId } from '../core/events';
import type { Scene } from '../core/scene';
import type { Selection } from '../core/selection';
import { classes, type Looks } from './diagram-looks';
import type { DrawContext } from './model';
import { busyTask, fittingPills, pillRow, pillsWidth, type Pill } from './diagram-tiles';

/** Tasks that hold a lock and tasks that sleep on it. */
function lockPills(model: DrawContext, scene: Scene, lock: LockId): Pill[] {
  const { names } = model.player;
  const pills: Pill[] = [];
  for (const task of scene.tasks.values()) {
    const held = task.holds.find((one) => sameLock(one.lock, lock));
    if (held) pills.push({ text: `${names.task(task.id)}${held.mode === 'read' ? ' r' : ''}`, kind: 'locker' });
  }
  for (const task of scene.tasks.values()) {
    const waits = task.waits?.channel;
    if (waits?.on === 'lock' && sameLock(waits.lock, lock)) pills.push({ text: names.task(task.id), kind: 'waiter' });
    if (lock.class === 'object' && (waits?.on === 'pip' || waits?.on === 'object_busy') && waits.object === lock.index) {
      pills.push({ text: names.task(task.id), kind: 'waiter' });
    }
  }
  return pills;
}

export function columns(model: DrawContext, scene: Scene, at: Layout, on: Looks): SVGTemplateResult {
  return svg`${repeat(
    at.columns,
    (column) => column.process.id,
    (column) => surfaceColumn(model, scene, column, on),
  )}`;
}

function caption(model: DrawContext, scene: Scene, column: Column): string {
  const { process } = column;
  if (process.hides) return `${process.exited ? 'exited, ' : ''}+${process.hides} folded`;
  if (process.exited) return 'exited';
  const busy = busyTask(model, scene, process.id);
  if (busy) return busy;
  const tasks = model.player.names.tasksOf(process.id).length;
  return tasks === 0 ? '' : tasks === 1 ? '1 thread' : `${tasks} threads`;
}

function surfaceColumn(model: DrawContext, scene: Scene, column: Column, on: Looks): SVGTemplateResult {
  const { names } = model.player;
  const { process } = column;
  const name = names.process(process.id);
  const left = column.x + 8 + name.length * 9;
  const pills = process.exited ? [] : fittingPills(lockPills(model, scene, { class: 'map', index: process.space }), column.x + column.w + 20 - left);
  const said = caption(model, scene, column);
  const me: Selection = { map: process.id };
  const selected = on.isSelected(me);
  return svg`<g class="column ${classes({ gone: process.exited, back: on.isBack({ process: process.id }) })}" data-process=${process.id}>
    <g class="pick process ${selected ? 'selected' : ''}" role="button" aria-label=${`Process ${name}${process.exited ? ', gone' : ''}${process.hides ? `, ${process.hides} descendants folded` : ''}`} aria-pressed=${selected ? 'true' : 'false'}
      tabindex=${on.isStop(me) ? 0 : -1} data-map=${process.id} @click=${() => on.select(me)}>
      <rect class="hit" x=${column.x - 6} y="6" width=${Math.max(60, column.w + 6)} height="36" rx="9"></rect>
      <text class="title" x=${column.x} y="23">${name}</text>
      <text class="caption" x=${column.x} y="38">${said}</text>
    </g>
    ${pills.length > 0 ? pillRow(pills, left + pillsWidth(pills) / 2, 12) : nothing}
    ${column.entries.map(
      (entry) => svg`
      ${entry.cells.map((cell) => cellButton(model, scene, column, cell, on))}
      ${entry.more > 0 ? svg`<text class="caption" x=${entry.x2 + 5} y="69">+${entry.more}</text>` : nothing}
      <path class="bracket" d="M${entry.x1} ${column.h + 4}H${entry.x2}"></path>`,
    )}
  </g>`;
}

function cellButton(model: DrawContext, scene: Scene, column: Column, cell: Cell, on: Looks): SVGTemplateResult {
  const { names } = model.player;
  const process = column.process.id;
  const frame = cell.frame === null ? undefined : scene.frames.get(cell.frame);
  const swatch = frame ? model.swatch(frame.value) : null;
  const stroke = cell.wrong ? 'var(--danger)' : swatch ? (swatch.blank ? 'var(--ink)' : swatch.fill) : 'var(--s-edge)';
  const state = cell.frame === null ? 'unmapped' : cell.writable ? 'writable' : 'read-only';
  const me: Selection = { process, va: cell.va };
  const selected = on.isSelected(me);
  const label = names.address(cell.va);
  const said = `${names.process(process)} ${label}, ${frame ? `maps ${names.page(frame)}, ` : ''}${state}${cell.wrong ? ', wrong' : ''}`;
  return svg`<g class="cell ${state} ${cell.wrong ? 'wrong' : ''} ${selected ? 'selected' : ''}" role="button"
      aria-label=${said} aria-pressed=${selected ? 'true' : 'false'} tabindex=${on.isStop(me) ? 0 : -1}
      data-process=${process} data-page=${cell.page} @click=${() => on.select(me)}
      @pointerenter=${() => on.point(me)} @pointerleave=${() => on.point(null)} @blur=${() => on.point(null)}>
    <rect class="hit" x=${cell.x - (cell.small ? 1 : 3)} y=${cell.y - 5} width=${cell.w + (cell.small ? 2 : 6)} height="44"></rect>
    <rect class="box" x=${cell.x} y=${cell.y} width=${cell.w} height=${cell.h} rx="6" stroke=${stroke}></rect>
    <text x=${cell.x + cell.w / 2} y=${cell.y + 21.5} text-anchor="middle">${cell.small ? label.replace(/^va/, '').slice(-3) : label.length > 6 ? `…${label.slice(-4)}` : label}</text>
  </g>`;
}

export function boxes(model: DrawContext, scene: Scene, at: Layout, on: Looks): SVGTemplateResult {
  return svg`${repeat(
    at.boxes,
    (box) => box.key,
    (box) => oneObject(model, scene, box, at.sizes.tile, on.isBack({ box: box.key })),
  )}`;
}

/** What is written in a box, as much of it as there is room for; the name comes first. */
function factsOf(model: DrawContext, scene: Scene, box: ObjectBox, room: number): string {
  const { object } = box;
  const by = object.bypassedBy ? model.player.names.object(scene, object.bypassedBy.object) : null;
  const said = (long: boolean): string[] => {
    const some: string[] = [];
    if (box.ghost) some.push('dead');
    if (object.vnode) some.push('file');
    if (by !== null) some.push(long ? `bypassed by ${by}` : 'bypassed');
    if (!box.ghost) some.push(`${object.refs} ${long ? (object.refs === 1 ? 'reference' : 'references') : object.refs === 1 ? 'ref' : 'refs'}`);
    if (!box.ghost && object.pip > 0) some.push(`pip ${object.pip}`);
    if (box.more > 0) some.push(`${box.more} more`);
    return some;
  };
  const [long, short] = [said(true), said(false)];
  const ways = [long, short, ...short.map((_, nth) => short.slice(0, short.length - 1 - nth))].map((some) => some.join(' · '));
  return ways.find((text) => text.length * 5.9 <= room) ?? '';
}

function oneObject(model: DrawContext, scene: Scene, box: ObjectBox, tile: number, back: boolean): SVGTemplateResult {
  const { object } = box;
  const name = model.player.names.object(scene, object.id);
  const pills = box.ghost ? [] : fittingPills(lockPills(model, scene, { class: 'object', index: object.id }), box.w - 20);
  const right = box.w - 10 - pillsWidth(pills) / 2;
  const facts = factsOf(model, scene, box, box.w - 14 - name.length * 8.2 - 8 - 8);
  return svg`<g class="object-box ${classes({ ghost: box.ghost, back })} d${Math.min(box.depth, 2)}" data-object=${object.id} data-key=${box.key}
      .style=${`transform: translate(${box.x}px, ${box.y}px)`}>
    <rect class="body" width=${box.w} height=${box.h} rx="12"></rect>
    ${box.slots.map((slot) => svg`<rect class="slot" x=${slot.x - box.x} y="12" width=${tile} height=${tile} rx="9"></rect>`)}
    <text class="title" x="14" y=${box.h - 13}>${name}<tspan class="caption" dx="8">${facts}</tspan></text>
    ${pills.length > 0 ? pillRow(pills, right, box.h - 7) : nothing}
  </g>`;
}

/** The boxes as things that can be looked at: a frame over each, which the pointer and the arrow keys find. */
export function objectButtons(model: DrawContext, scene: Scene, at: Layout, on: Looks): SVGTemplateResult {
  return svg`${repeat(
    at.boxes,
    (box) => box.key,
    (box) => {
      const { object } = box;
      const me: Selection = { object: object.born };
      const selected = on.isSelected(me);
      const said = `Object ${model.player.names.object(scene, object.id)}, ${box.ghost ? 'dead' : `${object.refs} ${object.refs === 1 ? 'reference' : 'references'}`}`;
      return svg`<g class="pick ${selected ? 'selected' : ''}" role="button" aria-label=${said} aria-pressed=${selected ? 'true' : 'false'}
          tabindex=${selected || on.isStop(me) ? 0 : -1} data-born=${object.born} @click=${() => on.select(me)}>
        ${object.pip > 0 && !box.ghost ? svg`<title>${PIP}</title>` : nothing}
        <rect class="hit" x=${box.x - 4} y=${box.y - 4} width=${box.w + 8} height=${box.h + 8} rx="15"></rect>
      </g>`;
    },
  )}`;
}

/** What `pip` on a box means. */
export const PIP = 'Paging in progress (pip): faults and collapses that are at work on this object count themselves here, and as long as there are any it may not be taken apart.';

export function lines(model: DrawContext, scene: Scene, shown: readonly Line[], on: Looks): SVGTemplateResult {
  return svg`${repeat(
    shown,
    (line) => line.key,
    (line) => {
      const color = lineColor(model, scene, line);
      const { kind, writable, wrong } = line;
      return svg`<path class="line ${kind} ${classes({ writable, wrong, back: on.isBack({ line: line.key }) })}"
        data-line=${line.key} d=${line.d} stroke=${color}></path>
        <path class="reach" d=${line.d} @click=${() => on.select(line.about)}
          @pointerenter=${() => on.point(line.about)} @pointerleave=${() => on.point(null)}></path>
        ${line.middle ? svg`<path class="zig" d="M${line.middle.x - 9} ${line.middle.y - 9}l10 7-8 5 12 7"></path>` : nothing}`;
    },
  )}`;
}

function lineColor(model: DrawContext, scene: Scene, line: Line): string {
  if (line.wrong) return 'var(--danger)';
  const frame = line.frame === null ? undefined : scene.frames.get(line.frame);
  if (!frame) return 'var(--s-edge)';
  const swatch = model.swatch(frame.value);
  return swatch.blank ? 'var(--muted)' : swatch.fill;
}
