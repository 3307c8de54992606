/** The lanes: the steps of the run in time, one cursor with the story and the diagram. */

import { html, nothing, svg, type PropertyValues, type SVGTemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { customElement, property, query, state } from 'lit/decorators.js';
import { showing, whole, within, worthDrawing, zoomedStretch, type Stretch } from '../core/lane-window';
import { lanes, laneText, tracks, type Lane, type Lanes, type Span } from '../core/lanes';
import { gaps } from '../core/slice';
import { plain, type Paragraph } from '../core/story';
import { base } from './base';
import { View } from './element';
import { lanesStyles } from './lanes-css';

const TOP = 8;
const BLOCK = 16;
/** Room below a block for the bar of busy pages, and for each track of locks. */
const BUSY = 5;
const TRACK = 4;
const GAP = 6;
const RIGHT = 16;
/** What a letter takes, and the room round a label. */
const LETTER = 5.9;
const PAD = 6;
/** What is narrower is drawn with what is beside it. */
const LEAST_PX = 1.5;
const ZOOM = 1.5;
const LEAST_HEIGHT = 60;

@customElement('fl-lanes')
export class FlLanes extends View {
  static override styles = [base, lanesStyles];

  /** Where the run is one of several that move as one, they are moved in its stead. */
  @property({ attribute: false }) seek: ((position: number) => void) | null = null;
  @state() private width = 0;
  @state() private height = 0;
  /** What the reader has zoomed to. */
  @state() private zoomed: Stretch | null = null;
  @query('svg') private drawing!: SVGElement;
  @query('.scroll') private scroller!: HTMLElement;
  private known: { steps: unknown; names: unknown; lanes: Lanes } | null = null;
  private stretch: Stretch = { from: 0, to: 1 };
  private loads = 0;
  private shown = -1;
  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry) [this.width, this.height] = [entry.contentRect.width, entry.contentRect.height];
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  /** Room for the names of the tasks. */
  private get left(): number {
    const { names } = this.model.player;
    return Math.max(52, ...this.lanes.lanes.map((lane) => 22 + names.task(lane.task).length * 7.6));
  }

  private get room(): number {
    return Math.max(1, this.width - this.left - RIGHT);
  }

  private get lanes(): Lanes {
    const { steps, names, setup } = this.model.player;
    if (this.known?.steps !== steps || this.known.names !== names) this.known = { steps, names, lanes: lanes(setup, steps, names) };
    return this.known.lanes;
  }

  private x(position: number): number {
    const { from, to } = this.stretch;
    return this.left + ((position - from) / (to - from)) * this.room;
  }

  /** The position at a place of the drawing. */
  private positionAt(x: number): number {
    const { from, to } = this.stretch;
    return from + ((x - this.left) / this.room) * (to - from);
  }

  /** Where each lane begins; it is as high as what its task ever holds at once. */
  private rows(): { tops: Map<number, number>; height: number } {
    const tops = new Map<number, number>();
    let y = TOP;
    for (const lane of this.lanes.lanes) {
      tops.set(lane.task, y);
      y += BLOCK + BUSY + Math.max(1, tracks(lane)) * TRACK + GAP;
    }
    return { tops, height: y };
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { length, position, loads } = this.model.player;
    if (this.loads !== loads) this.zoomed = null;
    this.loads = loads;
    const most = whole(length, this.room);
    if (this.zoomed) this.zoomed = within(this.zoomed.from, Math.min(this.zoomed.to - this.zoomed.from, Math.max(1, length)), length);
    const all = this.zoomed ?? within(this.stretch.from, most.to, length);
    // What the reader looks for with the wheel is not the cursor.
    this.stretch = position === this.shown ? all : showing(all, position, length);
    if (this.zoomed) this.zoomed = this.stretch;
  }

  override render() {
    if (this.width === 0) return nothing;
    const { player } = this.model;
    const { tops, height } = this.rows();
    const at = this.x(player.position);
    const said = laneText(this.lanes, player.position, player.names);
    const end = this.width - RIGHT;
    return html`<div class="sash" role="separator" aria-orientation="horizontal" aria-label="Height of the lanes" tabindex="0"
        aria-valuenow=${Math.round(this.height)} aria-valuemin=${LEAST_HEIGHT} aria-valuemax=${Math.round(innerHeight * 0.6)}
        @pointerdown=${this.onSashDown} @pointermove=${this.onSash} @keydown=${this.onSashKey} @dblclick=${() => (this.style.height = '')}></div>
      <div class="zoom" role="group" aria-label="Zoom of the lanes">
        <button aria-label="Zoom in on the lanes (+)" title="Zoom in on the lanes (+)" @click=${() => this.zoom(ZOOM)}>+</button>
        <button aria-label="Zoom out of the lanes (-)" title="Zoom out of the lanes (-)" @click=${() => this.zoom(1 / ZOOM)}>−</button>
      </div>
      <div
      class="scroll"
      role="slider"
      tabindex="0"
      aria-label="Scrub on the lanes"
      aria-valuemin="0"
      aria-valuemax=${player.length}
      aria-valuenow=${player.position}
      aria-valuetext=${`step ${player.position} of ${player.length}${said ? `; ${said}` : ''}`}
      @keydown=${this.onKey}
      @wheel=${this.onWheel}
    >
      <svg width=${this.width} height=${height} aria-hidden="true" @pointerdown=${this.onDown} @pointermove=${this.onPointer}>
        <defs>
          <pattern id="sleep" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0v7" stroke="var(--s-edge)" stroke-width="2" />
          </pattern>
          <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path class="head" d="M0 0.5L8 4L0 7.5z" />
          </marker>
          <clipPath id="inside"><rect x=${this.left - 2} y="0" width=${this.room + 4} height=${height}></rect></clipPath>
        </defs>
        ${guard([this.lanes, player.narration, player.slice, this.stretch.from, this.stretch.to, this.width], () => this.run(tops))}
        <g clip-path="url(#inside)">
          <rect class="ahead" x=${Math.max(at, this.left)} y="0" width=${Math.max(0, end - Math.max(at, this.left) + 2)} height=${height}></rect>
          ${this.now(tops)}
        </g>
        <path class="cursor" d="M${at} 2V${height - 2}"></path>
      </svg>
    </div>`;
  }

  override updated(): void {
    const { position, steps } = this.model.player;
    if (!this.scroller || position === this.shown) return;
    this.shown = position;
    const task = steps[position - 1]?.task;
    const top = task === undefined ? undefined : this.rows().tops.get(task);
    if (top === undefined) return;
    const { scrollTop, clientHeight } = this.scroller;
    const bottom = top + BLOCK + BUSY + TRACK + 4;
    if (top - 4 < scrollTop) this.scroller.scrollTop = top - 4;
    else if (bottom > scrollTop + clientHeight) this.scroller.scrollTop = bottom - clientHeight;
  }

  /** Everything that stays as it is while the cursor moves, as far as it is in sight. */
  private run(tops: Map<number, number>): SVGTemplateResult {
    const { lanes: all, wakes } = this.lanes;
    const y = (task: number): number => tops.get(task) ?? 0;
    const { from, to } = this.stretch;
    const inSight = (step: number): boolean => step + 1 >= from && step + 1 <= to;
    const { narration } = this.model.player;
    return svg`${all.map((lane) => svg`<text class="name" x="12" y=${y(lane.task) + 13}>${this.model.player.names.task(lane.task)}</text>`)}
      <g clip-path="url(#inside)">
        ${all.map((lane) => this.lane(lane, y(lane.task), narration.filter((one) => one.task === lane.task)))}
        ${wakes.filter((wake) => inSight(wake.at)).map((wake) => this.wake(this.x(wake.at + 1), y(wake.by), y(wake.task)))}
        ${this.beside()}
        ${all.map((lane) => lane.findings.filter(inSight).map((step) => svg`<path class="found" d="M${this.x(step + 1) - 5} ${y(lane.task) - 4}h10l-5 8z"></path>`))}
      </g>`;
  }

  /** While only what matters is looked at, the rest is pale. */
  private beside(): SVGTemplateResult[] {
    const { slice } = this.model.player;
    const pale = slice ? this.worth(gaps(slice)) : [];
    return pale.map(({ from, to }) => svg`<rect class="beside" x=${this.x(from)} y="0" width=${this.x(to) - this.x(from)} height="100%"></rect>`);
  }

  private worth<T extends { from: number; to: number }>(all: readonly T[]): T[] {
    const { from, to } = this.stretch;
    return worthDrawing(all, this.stretch, (LEAST_PX * (to - from)) / this.room);
  }

  private lane(lane: Lane, y: number, told: Paragraph[]): SVGTemplateResult {
    const under = y + BLOCK + 2;
    const locks = under + BUSY;
    const held = Array.from({ length: tracks(lane) }, (_, track) => this.worth(lane.locks.filter((one) => one.track === track)));
    return svg`
      <path class="rule" d="M${this.left} ${y + BLOCK / 2}H${this.width - RIGHT}"></path>
      ${this.worth(lane.asleep).map((span) => this.asleep(lane.task, span, y, told))}
      ${this.worth(lane.busy).map((span) => this.bar(span, 'busy', under, 3))}
      ${held.flat().map((hold) => this.bar(hold, `lock ${hold.mode}`, locks + hold.track * TRACK, 2.4))}
      ${this.worth(told).map((paragraph) => this.block(paragraph, y, this.behind(paragraph, lane, told)))}`;
  }

  private asleep(task: number, span: Span, y: number, told: Paragraph[]): SVGTemplateResult {
    const text = plain(span.text);
    // The block of what it did before it fell asleep lies over the beginning.
    const block = told.find((one) => one.from < span.to && one.to > span.from);
    // Up to the arrow of who wakes it, at the end of that turn.
    const woken = this.lanes.wakes.some((wake) => wake.task === task && wake.at === span.to);
    const [from, to] = [this.x(span.from), this.x(span.to + (woken ? 1 : 0))];
    const clear = Math.max(from, this.left, block ? this.x(Math.min(block.to, span.to)) : from);
    return svg`<rect x=${from} y=${y} width=${to - from} height=${BLOCK} fill="url(#sleep)" opacity=".6"><title>${text}</title></rect>
      ${text.length * LETTER + 12 < to - clear ? svg`<text class="sleeps" x=${clear + 7} y=${y + 12}>${text}</text>` : nothing}`;
  }

  private bar(span: Span, kind: string, y: number, h: number): SVGTemplateResult {
    const w = Math.max(LEAST_PX, this.x(span.to) - this.x(span.from));
    return svg`<rect class=${kind} x=${this.x(span.from)} y=${y} width=${w} height=${h} rx=${h / 2}><title>${plain(span.text)}</title></rect>`;
  }

  /** From the lane of the task that wakes to the lane of the task that wakes up. */
  private wake(x: number, from: number, to: number): SVGTemplateResult {
    const down = to > from;
    const [start, end] = down ? [from + BLOCK, to] : [from, to + BLOCK];
    const bend = Math.min(14, Math.abs(end - start) / 2);
    return svg`<path class="wake" marker-end="url(#head)" d="M${x} ${start}C${x + bend} ${(start + end) / 2} ${x + bend} ${(start + end) / 2} ${x} ${end}"></path>`;
  }

  /** A label stands in its block, or in the empty lane behind it, or nowhere. */
  private block(paragraph: Paragraph, y: number, free: number): SVGTemplateResult {
    const from = this.x(paragraph.from);
    const w = Math.max(3, this.x(paragraph.to) - from - 1);
    const needed = paragraph.short.length * LETTER + 2 * PAD;
    const x = needed <= w ? from + PAD : needed <= free ? from + w + PAD : null;
    return svg`<rect class="block" x=${from} y=${y} width=${w} height=${BLOCK} rx=${Math.min(5, w / 2)}><title>${paragraph.short}</title></rect>
      ${x === null || x < this.left ? nothing : svg`<text x=${x} y=${y + 12}>${paragraph.short}</text>`}`;
  }

  /** The room behind a block, up to what comes next in its lane. */
  private behind(paragraph: Paragraph, lane: Lane, told: Paragraph[]): number {
    const next = told.find((other) => other.from >= paragraph.to);
    const asleep = lane.asleep.find((span) => span.to > paragraph.to);
    const end = Math.min(next?.from ?? Infinity, asleep ? Math.max(asleep.from, paragraph.to) : Infinity);
    return Math.min(Number.isFinite(end) ? this.x(end) : Infinity, this.width - RIGHT) - this.x(paragraph.to);
  }

  /** What is going on at the cursor. */
  private now(tops: Map<number, number>): SVGTemplateResult | typeof nothing {
    const { position, narration } = this.model.player;
    const one = narration.find((paragraph) => position > paragraph.from && position <= paragraph.to);
    if (!one) return nothing;
    const from = this.x(one.from);
    const w = Math.max(3, this.x(one.to) - from - 1);
    return svg`<rect class="now" x=${from} y=${tops.get(one.task) ?? 0} width=${w} height=${BLOCK} rx=${Math.min(5, w / 2)}></rect>`;
  }

  private zoom(factor: number, at = this.model.player.position): void {
    const { length } = this.model.player;
    this.zoomed = zoomedStretch(this.zoomed ?? this.stretch, factor, at, length);
  }

  private readonly onWheel = (event: WheelEvent): void => {
    const { from, to } = this.stretch;
    const { length } = this.model.player;
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      this.zoom(Math.exp(-event.deltaY / 240), this.positionAt(event.clientX - this.drawing.getBoundingClientRect().left));
    } else if (sideways !== 0 && to - from < length) {
      this.zoomed = within(from + (sideways / this.room) * (to - from), to - from, length);
    } else return;
    event.preventDefault();
  };

  /** Scrubbing that begins here goes on wherever the pointer is. */
  private readonly onDown = (event: PointerEvent): void => {
    this.drawing.setPointerCapture(event.pointerId);
    this.onPointer(event);
  };

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    this.go(Math.round(this.positionAt(event.clientX - this.drawing.getBoundingClientRect().left)));
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const { position, length } = this.model.player;
    const zoom = { '+': ZOOM, '-': 1 / ZOOM }[event.key];
    const to = { ArrowLeft: position - 1, ArrowDown: position - 1, ArrowRight: position + 1, ArrowUp: position + 1, Home: 0, End: length }[event.key];
    if (event.ctrlKey || event.metaKey || (to === undefined && zoom === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    if (zoom !== undefined) this.zoom(zoom);
    if (to !== undefined) this.go(to);
  };

  private readonly onSashDown = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  };

  private readonly onSash = (event: PointerEvent): void => {
    if (event.buttons === 1) this.resize(this.getBoundingClientRect().bottom - event.clientY);
  };

  private readonly onSashKey = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 16, ArrowDown: -16 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.resize(this.height + by);
  };

  private resize(height: number): void {
    this.style.height = `${Math.max(LEAST_HEIGHT, height)}px`;
  }

  private go(wanted: number): void {
    const { player } = this.model;
    const position = Math.max(0, Math.min(player.length, wanted));
    if (position === player.position) return;
    if (this.seek) this.seek(position);
    else void player.seek(position);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-lanes': FlLanes;
  }
}
