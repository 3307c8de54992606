/** The cut through the ground: address spaces, object chains, free frames. */

import { html, nothing, svg, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { isNarrow, layout } from '../core/layout';
import type { Cell, Layout, ObjectBox } from '../core/layout-types';
import { moves, rescaled } from '../core/motion';
import type { Change } from '../core/player';
import { isObject, type Selection } from '../core/selection';
import { base } from './base';
import { View } from './element';
import { Motion } from './diagram-motion';
import { columns, lines, objectButtons, boxes } from './diagram-parts';
import { diagramStyles } from './diagram-css';
import { describe } from './diagram-text';
import { tiles } from './diagram-tiles';
import { callout } from './diagram-callout';
import { defs } from './swatch';

/** Names stay readable; on a phone it matters more that nothing lies beyond the edge. */
const MIN_SCALE = { wide: 0.7, phone: 0.55 };

const phone = matchMedia('(max-width: 760px)');

/** A picture: its layout, how much it was made smaller, and the width it was made for. */
interface Shown {
  at: Layout;
  scale: number;
  box: number;
}

@customElement('fl-diagram')
export class FlDiagram extends View {
  static override styles = [base, diagramStyles];

  @state() private box = { w: 0, h: 0 };
  @query('svg') private svgElement!: SVGElement;
  private readonly motion = new Motion();
  private change: Change = { by: 'jump' };
  private shown: Shown | null = null;
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

  /** On a phone the page scrolls and the diagram takes the height it needs. */
  private get flows(): boolean {
    return phone.matches;
  }

  private place(): { at: Layout; scale: number } {
    const { scene } = this.model;
    const { w, h } = this.box;
    const height = this.flows ? 0 : h;
    let at = layout(scene, w, height);
    const tooMuch = Math.max(at.width / w, this.flows ? 0 : at.height / h);
    if (tooMuch <= 1) return { at, scale: 1 };
    const least = this.flows ? MIN_SCALE.phone : MIN_SCALE.wide;
    const scale = Math.max(least, 1 / tooMuch);
    at = layout(scene, w / scale, height / scale, isNarrow(w));
    return { at, scale: Math.max(least, Math.min(scale, w / at.width)) };
  }

  override render() {
    if (this.box.w === 0) return nothing;
    const { model } = this;
    const { scene } = model;
    const { at, scale } = this.place();
    const { address, selection } = model;
    const picked = isObject(selection) ? selection.object : null;
    const followed = (process: number, cell: Cell): boolean => address?.process === process && address.va === cell.va;
    const shown = at.columns.flatMap((column) => column.entries.flatMap((entry) => entry.cells.map((cell) => ({ process: column.process.id, cell }))));
    const stop = at.boxes.some((box) => box.object.born === picked) ? null : (shown.find((one) => followed(one.process, one.cell)) ?? shown[0]);
    const cells = {
      select: (process: number, cell: Cell): void => this.select({ process, va: cell.va }),
      isSelected: (process: number, cell: Cell): boolean => picked === null && followed(process, cell),
      isStop: (process: number, cell: Cell): boolean => stop?.process === process && stop.cell === cell,
    };
    const objects = {
      select: (box: ObjectBox): void => this.select({ object: box.object.born }),
      isSelected: (box: ObjectBox): boolean => box.object.born === picked,
    };
    this.pending = { at, scale, box: this.box.w };
    return html`
      <svg
        role="group"
        aria-label="Address spaces and object chains"
        aria-describedby="alternative"
        width=${at.width * scale}
        height=${at.height * scale}
        viewBox="0 0 ${at.width} ${at.height}"
        @keydown=${this.onKey}
      >
        ${defs}
        <g aria-hidden="true">
          <path class="ground" d="M0 ${at.surface}H${at.width}"></path>
          ${lines(model, scene, at, ['entry', 'backing', 'cut'])} ${boxes(model, scene, at)}
          <rect class="traybox" x=${at.tray.x} y=${at.tray.y} width=${at.tray.w} height=${at.tray.h} rx="12"></rect>
          ${this.trayLabel(at)} ${lines(model, scene, at, ['map'])} ${tiles(model, scene, at)}
          ${callout(model, scene, at)}
        </g>
        ${columns(model, scene, at, cells)} ${objectButtons(model, scene, at, objects)}
      </svg>
      <p id="alternative" class="sr">${describe(scene, model.player.names)}</p>
    `;
  }

  private select(detail: Selection): void {
    this.dispatchEvent(new CustomEvent('fl-select', { detail, bubbles: true, composed: true }));
  }

  private trayLabel(at: Layout) {
    const { tray } = at;
    const wide = tray.w > 300;
    const label = wide ? ['free', 'frames'] : [];
    return svg`${label.map((word, nth) => svg`<text class="caption" x=${tray.x + 14} y=${tray.y + tray.h / 2 - 3 + nth * 15}>${word}</text>`)}
      ${wide ? nothing : svg`<text class="caption" x=${tray.x + 4} y=${tray.y + tray.h - 6 + 0} visibility="hidden">free</text>`}
      ${tray.more > 0 ? svg`<text class="caption" x=${tray.x + tray.w - 34} y=${tray.y + tray.h / 2 + 4}>+${tray.more}</text>` : nothing}`;
  }

  private pending: Shown | null = null;

  /** ObjectBoxes that will be gone after this update are cloned first, so that they can be seen to go. */
  private clones = new Map<number, Element>();

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.clones.clear();
    if (this.change.by !== 'step' || !this.hasUpdated) return;
    for (const box of this.renderRoot.querySelectorAll<SVGElement>('.object-box')) {
      this.clones.set(Number(box.dataset.key), box.cloneNode(true) as Element);
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
    const from = rescaled(before.at, before.scale / pending.scale);
    this.motion.play(this.svgElement, moves(from, pending.at, change.step.records), from, pending.at, this.clones);
  }

  /** Arrow keys go from address to address and on to the objects; only one of them is a tab stop. */
  private readonly onKey = (event: KeyboardEvent): void => {
    const cells = [...this.renderRoot.querySelectorAll<SVGElement>('.cell, .pick')];
    const now = cells.indexOf(event.target as SVGElement);
    if (now < 0) return;
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Enter: now }[event.key];
    const cell = next === undefined ? undefined : cells[(next + cells.length) % cells.length];
    if (!cell) return;
    event.preventDefault();
    event.stopPropagation();
    cell.focus();
    const { born, process, page } = cell.dataset;
    this.select(born === undefined ? { process: Number(process), va: Number(page) * 4096 } : { object: Number(born) });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-diagram': FlDiagram;
  }
}
