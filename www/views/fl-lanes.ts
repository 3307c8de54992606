/** The lanes: the steps of the run in time, one cursor with the story and the diagram. */

import { html, nothing, svg, type SVGTemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { lanes, laneText, tracks, type Lane, type Lanes, type Span } from '../core/lanes';
import { plain, type Paragraph } from '../core/story';
import { base } from './base';
import { View } from './element';
import { lanesStyles } from './lanes-css';

const TOP = 12;
const BLOCK = 18;
/** Room below a block for the bar of busy pages, and for each track of locks. */
const BUSY = 5;
const TRACK = 4;
const GAP = 8;
const RIGHT = 16;

@customElement('fl-lanes')
export class FlLanes extends View {
  static override styles = [base, lanesStyles];

  @state() private width = 0;
  @query('svg') private drawing!: SVGElement;
  private known: { steps: unknown; names: unknown; lanes: Lanes } | null = null;
  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = entry.contentRect.width;
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

  private get lanes(): Lanes {
    const { steps, names, setup } = this.model.player;
    if (this.known?.steps !== steps || this.known.names !== names) this.known = { steps, names, lanes: lanes(setup, steps, names) };
    return this.known.lanes;
  }

  private x(position: number): number {
    const length = Math.max(1, this.model.player.length);
    return this.left + (position / length) * (this.width - this.left - RIGHT);
  }

  /** Where each lane begins; a lane is as high as what its task holds at once. */
  private rows(): { tops: Map<number, number>; height: number } {
    const tops = new Map<number, number>();
    let y = TOP;
    for (const lane of this.lanes.lanes) {
      tops.set(lane.task, y);
      y += BLOCK + (lane.busy.length > 0 ? BUSY : 0) + tracks(lane) * TRACK + GAP;
    }
    return { tops, height: y };
  }

  override render() {
    if (this.width === 0) return nothing;
    const { lanes: all, wakes } = this.lanes;
    const { player } = this.model;
    const { tops, height } = this.rows();
    const y = (task: number): number => tops.get(task) ?? 0;
    const at = this.x(player.position);
    const said = laneText(this.lanes, player.position, player.names);
    return html`<div
      role="slider"
      tabindex="0"
      aria-label="Scrub on the lanes"
      aria-valuemin="0"
      aria-valuemax=${player.length}
      aria-valuenow=${player.position}
      aria-valuetext=${`step ${player.position} of ${player.length}${said ? `; ${said}` : ''}`}
      @keydown=${this.onKey}
    >
      <svg width=${this.width} height=${height} aria-hidden="true" @pointerdown=${this.onDown} @pointermove=${this.onPointer}>
        <defs>
          <pattern id="sleep" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0v7" stroke="var(--s-edge)" stroke-width="2" />
          </pattern>
          <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path class="head" d="M0 0.5L8 4L0 7.5z" />
          </marker>
        </defs>
        ${all.map((lane) => this.lane(lane, y(lane.task)))}
        ${this.model.player.narration.map((paragraph) => this.block(paragraph, y(paragraph.task)))}
        ${wakes.map((wake) => this.wake(this.x(wake.at + 1), y(wake.by), y(wake.task)))}
        ${all.map((lane) =>
          lane.findings.map((step) => svg`<path class="found" d="M${this.x(step + 1) - 5} ${y(lane.task) - 4}h10l-5 8z"></path>`),
        )}
        <path class="cursor" d="M${at} 2V${height - 2}"></path>
      </svg>
    </div>`;
  }

  private lane(lane: Lane, y: number): SVGTemplateResult {
    const under = y + BLOCK + 2;
    const locks = under + (lane.busy.length > 0 ? BUSY : 0);
    return svg`
      <text class="name" x="12" y=${y + 14}>${this.model.player.names.task(lane.task)}</text>
      <path class="rule" d="M${this.left} ${y + 9}H${this.width - RIGHT}"></path>
      ${lane.asleep.map((span) => this.asleep(lane.task, span, y))}
      ${lane.busy.map((span) => this.bar(span, 'busy', under, 3))}
      ${lane.locks.map((hold) => this.bar(hold, `lock ${hold.mode}`, locks + hold.track * TRACK, 2.4))}`;
  }

  private asleep(task: number, span: Span, y: number): SVGTemplateResult {
    const text = plain(span.text);
    // The block of what it did before it fell asleep lies over the beginning.
    const block = this.model.player.narration.find((one) => one.task === task && one.from < span.to && one.to > span.from);
    // Up to the arrow of who wakes it, at the end of that turn.
    const woken = this.lanes.wakes.some((wake) => wake.task === task && wake.at === span.to);
    const [from, to] = [this.x(span.from), this.x(span.to + (woken ? 1 : 0))];
    const clear = Math.max(from, block ? this.x(Math.min(block.to, span.to)) : from);
    return svg`<rect x=${from} y=${y} width=${to - from} height=${BLOCK} fill="url(#sleep)" opacity=".6"><title>${text}</title></rect>
      ${text.length * 5.9 + 12 < to - clear ? svg`<text class="sleeps" x=${clear + 7} y=${y + 13}>${text}</text>` : nothing}`;
  }

  private bar(span: Span, kind: string, y: number, h: number): SVGTemplateResult {
    const w = Math.max(1.5, this.x(span.to) - this.x(span.from));
    return svg`<rect class=${kind} x=${this.x(span.from)} y=${y} width=${w} height=${h} rx=${h / 2}><title>${plain(span.text)}</title></rect>`;
  }

  /** From the lane of who wakes to the lane of who wakes up. */
  private wake(x: number, from: number, to: number): SVGTemplateResult {
    const down = to > from;
    const [start, end] = down ? [from + BLOCK, to] : [from, to + BLOCK];
    const bend = Math.min(14, Math.abs(end - start) / 2);
    return svg`<path class="wake" marker-end="url(#head)" d="M${x} ${start}C${x + bend} ${(start + end) / 2} ${x + bend} ${(start + end) / 2} ${x} ${end}"></path>`;
  }

  private block(paragraph: Paragraph, y: number): SVGTemplateResult {
    const from = this.x(paragraph.from);
    const w = Math.max(3, this.x(paragraph.to) - from - 1);
    const { position } = this.model.player;
    const now = position > paragraph.from && position <= paragraph.to;
    const room = Math.floor((this.room(paragraph) - 12) / 5.9);
    const text = paragraph.short.length > room ? (room > 4 ? `${paragraph.short.slice(0, room - 1)}…` : '') : paragraph.short;
    return svg`<g class="${paragraph.from >= position ? 'ahead' : ''} ${now ? 'now' : ''}">
      <rect class="block" x=${from} y=${y} width=${w} height=${BLOCK} rx="5"></rect>
      <text x=${from + 7} y=${y + 13}>${text}</text>
    </g>`;
  }

  /** A label may run over the empty lane behind its block, up to the next one. */
  private room(paragraph: Paragraph): number {
    const next = this.model.player.narration.find((other) => other.task === paragraph.task && other.from >= paragraph.to);
    const lane = this.lanes.lanes.find((one) => one.task === paragraph.task);
    const asleep = lane?.asleep.find((span) => span.to > paragraph.to);
    const end = Math.min(next?.from ?? Infinity, asleep ? Math.max(asleep.from, paragraph.to) : Infinity);
    return (Number.isFinite(end) ? this.x(end) : this.width - RIGHT) - this.x(paragraph.from);
  }

  /** Scrubbing that begins here goes on wherever the pointer is. */
  private readonly onDown = (event: PointerEvent): void => {
    this.drawing.setPointerCapture(event.pointerId);
    this.onPointer(event);
  };

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    const x = event.clientX - this.drawing.getBoundingClientRect().left - this.left;
    this.go(Math.round((x / (this.width - this.left - RIGHT)) * this.model.player.length));
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const { position, length } = this.model.player;
    const to = { ArrowLeft: position - 1, ArrowDown: position - 1, ArrowRight: position + 1, ArrowUp: position + 1, Home: 0, End: length }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(to);
  };

  private go(wanted: number): void {
    const { player } = this.model;
    const position = Math.max(0, Math.min(player.length, wanted));
    if (position !== player.position) void player.seek(position);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-lanes': FlLanes;
  }
}
