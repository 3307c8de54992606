/** The surface, the boxes and the lines of the levels. */

import { nothing, svg, type SVGTemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Cell, Column, Layout, Line, ObjectBox } from '../core/layout-types';
import { sameLock } from '../core/fold-tasks';
import type { LockId } from '../core/events';
import type { Scene } from '../core/scene';
import type { DrawContext } from './model';
import { busyTask, pillRow, pillsWidth, type Pill } from './diagram-tiles';

export interface CellEvents {
  select(process: number, cell: Cell): void;
  isSelected(process: number, cell: Cell): boolean;
  /** The one stop of the Tab key in the picture. */
  isStop(process: number, cell: Cell): boolean;
}

export interface ObjectEvents {
  select(box: ObjectBox): void;
  isSelected(box: ObjectBox): boolean;
}

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

export function columns(model: DrawContext, scene: Scene, at: Layout, on: CellEvents): SVGTemplateResult {
  return svg`${repeat(
    at.columns,
    (column) => column.process.id,
    (column) => surfaceColumn(model, scene, column, on),
  )}`;
}

function caption(model: DrawContext, scene: Scene, column: Column): string {
  const { process } = column;
  if (process.exited) return 'exited';
  const busy = busyTask(model, scene, process.id);
  if (busy) return busy;
  const tasks = model.player.names.tasksOf(process.id).length;
  return tasks === 0 ? '' : tasks === 1 ? '1 thread' : `${tasks} threads`;
}

function surfaceColumn(model: DrawContext, scene: Scene, column: Column, on: CellEvents): SVGTemplateResult {
  const { names } = model.player;
  const name = names.process(column.process.id);
  const pills = column.process.exited ? [] : lockPills(model, scene, { class: 'map', index: column.process.space });
  const left = column.x + 8 + name.length * 9;
  return svg`<g class="column ${column.process.exited ? 'gone' : ''}" data-process=${column.process.id}>
    <text class="title" x=${column.x} y="23">${name}</text>
    ${pills.length > 0 ? pillRow(pills, left + pillsWidth(pills) / 2, 12) : nothing}
    <text class="caption" x=${column.x} y="38">${caption(model, scene, column)}</text>
    ${column.entries.map(
      (entry) => svg`
      ${entry.cells.map((cell) => cellButton(model, scene, column, cell, on))}
      ${entry.more > 0 ? svg`<text class="caption" x=${entry.x2 + 5} y="69">+${entry.more}</text>` : nothing}
      <path class="bracket" d="M${entry.x1} ${column.h + 4}H${entry.x2}"></path>`,
    )}
  </g>`;
}

function cellButton(model: DrawContext, scene: Scene, column: Column, cell: Cell, on: CellEvents): SVGTemplateResult {
  const { names } = model.player;
  const process = column.process.id;
  const frame = cell.frame === null ? undefined : scene.frames.get(cell.frame);
  const swatch = frame ? model.swatch(frame.value) : null;
  const stroke = cell.wrong ? 'var(--danger)' : swatch ? (swatch.blank ? 'var(--ink)' : swatch.fill) : 'var(--s-edge)';
  const state = cell.frame === null ? 'unmapped' : cell.writable ? 'writable' : 'read-only';
  const selected = on.isSelected(process, cell);
  const label = names.address(cell.va);
  const said = `${names.process(process)} ${label}, ${frame ? `maps ${names.page(frame)}, ` : ''}${state}${cell.wrong ? ', wrong' : ''}`;
  return svg`<g class="cell ${state} ${cell.wrong ? 'wrong' : ''} ${selected ? 'selected' : ''}" role="button"
      aria-label=${said} aria-pressed=${selected ? 'true' : 'false'} tabindex=${on.isStop(process, cell) ? 0 : -1}
      data-process=${process} data-page=${cell.page} @click=${() => on.select(process, cell)}>
    <rect class="hit" x=${cell.x - (cell.small ? 1 : 3)} y=${cell.y - 5} width=${cell.w + (cell.small ? 2 : 6)} height="44"></rect>
    <rect class="box" x=${cell.x} y=${cell.y} width=${cell.w} height=${cell.h} rx="6" stroke=${stroke}></rect>
    <text x=${cell.x + cell.w / 2} y=${cell.y + 21.5} text-anchor="middle">${cell.small ? label.replace(/^va/, '').slice(-3) : label.length > 6 ? `…${label.slice(-4)}` : label}</text>
  </g>`;
}

export function boxes(model: DrawContext, scene: Scene, at: Layout): SVGTemplateResult {
  return svg`${repeat(
    at.boxes,
    (box) => box.key,
    (box) => oneObject(model, scene, box, at.sizes.tile),
  )}`;
}

function oneObject(model: DrawContext, scene: Scene, box: ObjectBox, tile: number): SVGTemplateResult {
  const { object } = box;
  const name = model.player.names.object(scene, object.id);
  const facts = box.ghost
    ? ['dead']
    : [`${object.refs} ${object.refs === 1 ? 'reference' : 'references'}`, ...(object.pip > 0 ? [`pip ${object.pip}`] : [])];
  if (object.vnode) facts.unshift('file');
  if (object.bypassedBy) facts.push(`bypassed by ${model.player.names.object(scene, object.bypassedBy.object)}`);
  const pills = box.ghost ? [] : lockPills(model, scene, { class: 'object', index: object.id });
  const right = box.w - 10 - pillsWidth(pills) / 2;
  return svg`<g class="object-box ${box.ghost ? 'ghost' : ''} d${Math.min(box.depth, 2)}" data-object=${object.id} data-key=${box.key}
      .style=${`transform: translate(${box.x}px, ${box.y}px)`}>
    <rect class="body" width=${box.w} height=${box.h} rx="12"></rect>
    ${box.slots.map((slot) => svg`<rect class="slot" x=${slot.x - box.x} y="12" width=${tile} height=${tile} rx="9"></rect>`)}
    <text class="title" x="14" y=${box.h - 10}>${name}<tspan class="caption" dx="8">${facts.join(' · ')}${box.more > 0 ? ` · ${box.more} more` : ''}</tspan></text>
    ${pills.length > 0 ? pillRow(pills, right, box.h - 7) : nothing}
  </g>`;
}

/** The boxes as things that can be looked at: a frame over each, which the pointer and the arrow keys find. */
export function objectButtons(model: DrawContext, scene: Scene, at: Layout, on: ObjectEvents): SVGTemplateResult {
  return svg`${repeat(
    at.boxes,
    (box) => box.key,
    (box) => {
      const selected = on.isSelected(box);
      const { object } = box;
      const said = `Object ${model.player.names.object(scene, object.id)}, ${box.ghost ? 'dead' : `${object.refs} ${object.refs === 1 ? 'reference' : 'references'}`}`;
      return svg`<g class="pick ${selected ? 'selected' : ''}" role="button" aria-label=${said} aria-pressed=${selected ? 'true' : 'false'}
          tabindex=${selected ? 0 : -1} data-born=${object.born} @click=${() => on.select(box)}>
        <rect class="hit" x=${box.x - 4} y=${box.y - 4} width=${box.w + 8} height=${box.h + 8} rx="15"></rect>
      </g>`;
    },
  )}`;
}

export function lines(model: DrawContext, scene: Scene, at: Layout, kinds: Line['kind'][]): SVGTemplateResult {
  return svg`${repeat(
    at.lines.filter((line) => kinds.includes(line.kind)),
    (line) => line.key,
    (line) => {
      const frame = line.frame === null ? undefined : scene.frames.get(line.frame);
      const swatch = frame ? model.swatch(frame.value) : null;
      const color = line.wrong ? 'var(--danger)' : swatch ? (swatch.blank ? 'var(--muted)' : swatch.fill) : 'var(--s-edge)';
      return svg`<path class="line ${line.kind} ${line.writable ? 'writable' : ''} ${line.wrong ? 'wrong' : ''}"
        data-line=${line.key} d=${line.d} stroke=${color}></path>
        ${line.middle ? svg`<path class="zig" d="M${line.middle.x - 9} ${line.middle.y - 9}l10 7-8 5 12 7"></path>` : nothing}`;
    },
  )}`;
}
