/** The cut through the ground: address spaces, object chains, free frames. */

import { html, nothing, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { acting, idle } from '../core/acting';
import { fit, type Fitted } from '../core/fit';
import { layout } from '../core/layout';
import type { Camera, Layout } from '../core/layout-types';
import { moves, seenFrom } from '../core/motion';
import type { Change } from '../core/player';
import { signals } from '../core/signals';
import { isAddress, sameSelection, type Selection } from '../core/selection';
import { belonging, faultTrails, trailOf, type Belonging, type Trail } from '../core/trail';
import { base } from './base';
import { View } from './element';
import { CameraController } from './diagram-camera';
import type { Looks } from './diagram-looks';
import { Motion } from './diagram-motion';
import { columns, lines, objectButtons, boxes } from './diagram-parts';
import { diagramStyles } from './diagram-css';
import { regions, trayBox } from './diagram-regions';
import { describe } from './diagram-text';
import { tiles } from './diagram-tiles';
import { trails } from './diagram-trail';
import { callout } from './diagram-callout';
import { defs } from './swatch';

/** A picture: its layout, from where it was seen, and the size of the canvas. */
interface Shown {
  at: Layout;
  camera: Camera;
  box: number;
}

@customElement('fl-diagram')
export class FlDiagram extends View {
  static override styles = [base, diagramStyles];

  @state() private box = { w: 0, h: 0 };
  /** The address under the pointer. */
  @state() private pointed: Selection | null = null;
  @query('svg') private svgElement!: SVGElement;
  private readonly motion = new Motion();
  private readonly camera = new CameraController(this);
  private change: Change = { by: 'jump' };
  private shown: Shown | null = null;
  private pending: Shown | null = null;
  private loads = 0;
  private fitted: { scene: unknown; box: unknown; fitted: Fitted } | null = null;
  private stop: (() => void) | null = null;
  private readonly observer = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const { width, height } = entry.contentRect;
    if (width !== this.box.w || height !== this.box.h) this.box = { w: width, h: height };
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    this.stop = this.model.player.listen((change) => {
      if (change.by !== 'state' && change.by !== 'work') this.change = change;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.stop?.();
  }

  /** Larger, smaller, or all of it: what the keys do. */
  zoom(how: 'in' | 'out' | 'fit'): void {
    if (how === 'fit') this.camera.fit();
    else if (how === 'in') this.camera.zoomIn();
    else this.camera.zoomOut();
  }

  private place(): Layout {
    const { drawn: scene, player } = this.model;
    const { w, h } = this.box;
    if (this.loads !== player.loads) this.camera.fit();
    this.loads = player.loads;
    if (this.fitted?.scene !== scene || this.fitted.box !== this.box) {
      this.fitted = { scene, box: this.box, fitted: fit(scene, w, h) };
    }
    const { fitted } = this.fitted;
    const step = player.steps[player.position - 1];
    this.camera.take(fitted, w, h, scene, acting(scene, fitted.at, step, player.names));
    const { window } = this.camera;
    if (!window) return fitted.at;
    // Laid out as for the whole canvas: only what is pinned goes elsewhere.
    const { at, scale } = fitted;
    return layout(scene, { width: w / scale, height: h / scale, sizes: at.sizes, seen: window });
  }

  override render() {
    const { w, h } = this.box;
    if (w === 0 || h === 0) return nothing;
    const { model } = this;
    const { drawn: scene } = model;
    const at = this.place();
    const { camera } = this.camera;
    this.pending = { at, camera, box: w };
    const { names } = model.player;
    const followed = this.pointed ?? model.selection;
    const looked = isAddress(followed) && scene.processes.has(followed.process) ? trailOf(scene, followed) : null;
    const faults = faultTrails(scene, names);
    const on = this.looks(at, looked);
    const isLow = (one: { where: string }): boolean => one.where !== 'object';
    const low = new Set(at.tiles.filter(isLow).map((tile) => tile.frame));
    const translations = at.lines.filter((line) => line.frame !== null);
    this.toggleAttribute('partial', this.camera.isPartial);
    return html`
      <svg
        class=${looked ? 'looking' : ''}
        role="group"
        aria-label="Address spaces and object chains"
        aria-describedby="alternative"
        width=${w}
        height=${h}
        @keydown=${this.onKey}
        @focusin=${this.onFocus}
      >
        ${defs}
        <g class="world" transform="scale(${camera.scale}) translate(${-camera.x} ${-camera.y})">
          <path class="ground" aria-hidden="true" d="M0 ${at.surface}H${at.width}"></path>
          ${regions(at)}
          ${columns(model, scene, at, on)}
          <g aria-hidden="true">${lines(model, scene, at.lines.filter((line) => line.frame === null), on)} ${boxes(model, scene, at, on)}</g>
          ${objectButtons(model, scene, at, on)}
          <g aria-hidden="true">
            ${lines(model, scene, translations.filter((line) => !low.has(line.frame ?? -1)), on)}
          </g>
          ${tiles(model, scene, at.tiles.filter((tile) => !isLow(tile)), at.sizes, on)}
          <g aria-hidden="true">
            ${trails(model, looked ? this.asked(faults, looked) : faults, at, scene.task, looked)}
            ${trayBox(at)} ${lines(model, scene, translations.filter((line) => low.has(line.frame ?? -1)), on)}
          </g>
          ${tiles(model, scene, at.tiles.filter(isLow), at.sizes, on)}
          ${callout(model, scene, at)}
        </g>
      </svg>
      ${this.buttons()}
      <p id="alternative" class="sr">${describe(scene, names)}</p>
    `;
  }

  /** The trail of the address that is looked at: that of a fault there, if there is one. */
  private asked(faults: Trail[], looked: Trail): Trail[] {
    const same = faults.filter((one) => one.process === looked.process && one.va === looked.va && one.stops.length > 0);
    return same.length > 0 ? same : [looked];
  }

  private looks(at: Layout, looked: Trail | null): Looks {
    const { drawn: scene, selection, address, player } = this.model;
    const part: Belonging | null = looked ? belonging(scene, looked, at) : null;
    const quiet = idle(scene, at, player.names);
    const places: Selection[] = [
      ...at.columns.flatMap((column) => column.entries.flatMap((entry) => entry.cells.map((cell) => ({ process: column.process.id, va: cell.va })))),
      ...at.columns.map((column) => ({ map: column.process.id })),
      ...at.boxes.map((box) => ({ object: box.object.born })),
      ...at.tiles.map((tile) => ({ frame: tile.frame })),
    ];
    const stop = [selection, address].map((one) => places.find((place) => sameSelection(place, one))).find((one) => one !== undefined) ?? places[0] ?? null;
    const isIn = (one: Parameters<Looks['isBack']>[0], { lines: some, boxes: objects, frames }: Belonging): boolean => {
      if ('line' in one) return some.has(one.line);
      if ('box' in one) return objects.has(one.box);
      if ('frame' in one) return frames.has(one.frame);
      return one.process === looked?.process;
    };
    return {
      select: (wanted) => this.select(sameSelection(wanted, selection) ? null : wanted),
      isSelected: (one) => sameSelection(one, selection),
      isStop: (one) => sameSelection(one, stop),
      point: (one) => (this.pointed = isAddress(one) ? one : null),
      isBack: (one) => (part ? !isIn(one, part) : 'line' in one && quiet.has(one.line)),
    };
  }

  private buttons() {
    const button = (label: string, sign: string, press: () => void) => html`<button aria-label=${label} title=${label} @click=${press}>${sign}</button>`;
    return html`<div class="zoom" role="group" aria-label="Zoom">
      ${button('Zoom in (+)', '+', this.camera.zoomIn)} ${button('Zoom out (-)', '−', this.camera.zoomOut)} ${button('Fit the whole picture (f)', '⤢', this.camera.fit)}
    </div>`;
  }

  private select(detail: Selection | null): void {
    this.dispatchEvent(new CustomEvent('fl-select', { detail, bubbles: true, composed: true }));
  }

  /** Boxes and lines that will be gone after this update are cloned first, so that they can be seen to go. */
  private clones = new Map<string, Element>();

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.clones.clear();
    if (this.change.by !== 'step' || !this.hasUpdated) return;
    for (const one of this.renderRoot.querySelectorAll<SVGElement>('.object-box, .line')) {
      const { key, line } = one.dataset;
      this.clones.set(line ?? key ?? '', one.cloneNode(true) as Element);
    }
  }

  override updated(): void {
    const before = this.shown;
    const { change, pending } = this;
    this.shown = pending;
    this.change = { by: 'jump' };
    if (!pending || !this.svgElement) return;
    if (change.by === 'jump' && before?.at === pending.at) return;
    this.motion.finish();
    if (change.by !== 'step' || before?.box !== pending.box) return;
    // A deeper chain may have made the whole picture smaller: things move from where they were seen.
    const from = seenFrom(before.at, before.camera, pending.camera);
    this.motion.play(this.svgElement, moves(from, pending.at, change.step.records), from, pending.at, this.clones);
    this.motion.send(this.svgElement, signals(this.model.drawn, this.model.player.names, pending.at, change.step.records));
  }

  /** What has the focus from the keyboard comes into view. */
  private readonly onFocus = (event: FocusEvent): void => {
    const target = event.target as SVGGraphicsElement;
    if (!this.shown || !this.camera.isPartial || !target.matches(':focus-visible')) return;
    const { camera } = this.shown;
    const [of, canvas] = [target.getBoundingClientRect(), this.getBoundingClientRect()];
    this.camera.reveal({
      x: camera.x + (of.left - canvas.left) / camera.scale,
      y: camera.y + (of.top - canvas.top) / camera.scale,
      w: of.width / camera.scale,
      h: of.height / camera.scale,
    });
  };

  /** Arrow keys go from address to address and on to processes, objects and pages; only one of them is a tab stop. */
  private readonly onKey = (event: KeyboardEvent): void => {
    const all = ['.cell', '.process', '.pick:not(.process)', '.tile'].flatMap((one) => [...this.renderRoot.querySelectorAll<SVGElement>(one)]);
    const now = all.indexOf(event.target as SVGElement);
    if (now < 0) return;
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Enter: now }[event.key];
    const wanted = next === undefined ? undefined : all[(next + all.length) % all.length];
    if (!wanted) return;
    event.preventDefault();
    event.stopPropagation();
    wanted.focus();
    const { born, process, page, map, frame } = wanted.dataset;
    if (born !== undefined) this.select({ object: Number(born) });
    else if (map !== undefined) this.select({ map: Number(map) });
    else if (frame !== undefined) this.select({ frame: Number(frame) });
    else this.select({ process: Number(process), va: Number(page) * 4096 });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-diagram': FlDiagram;
  }
}
