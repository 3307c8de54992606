/** The lanes: the steps of the run in time, one cursor with the story and the strata. */

import { css, html, nothing, svg } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { lanes, type Lane } from '../core/lanes';
import type { Paragraph } from '../core/story';
import { base } from './base';
import { View } from './element';

const ROW = 26;
const TOP = 12;

@customElement('fl-lanes')
export class FlLanes extends View {
  static override styles = [
    base,
    css`
      :host {
        overflow: hidden auto;
        touch-action: pan-y;
      }
      svg {
        display: block;
        cursor: ew-resize;
      }
      text {
        font: 11px var(--sans);
        fill: var(--ink);
      }
      .name {
        font-size: 12.5px;
        font-weight: 600;
      }
      .block {
        fill: var(--s2);
        stroke: var(--s-edge);
        stroke-width: 0.8;
      }
      .ahead {
        opacity: 0.45;
      }
      .now .block {
        stroke: var(--accent);
        stroke-width: 2;
      }
      .busy {
        fill: var(--busy);
      }
      .rule {
        stroke: var(--hair);
      }
      .cursor {
        stroke: var(--accent);
        stroke-width: 2;
      }
      .found {
        fill: var(--danger);
      }
    `,
  ];

  @state() private width = 0;
  private known: { chunks: unknown; lanes: Lane[] } | null = null;
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
  private get names(): number {
    const { names } = this.model.player;
    return Math.max(52, ...this.lanes.map((lane) => 22 + names.task(lane.task).length * 7.6));
  }

  private get lanes(): Lane[] {
    const { chunks, setup } = this.model.player;
    if (this.known?.chunks !== chunks) this.known = { chunks, lanes: lanes(setup, chunks) };
    return this.known.lanes;
  }

  private x(position: number): number {
    const length = Math.max(1, this.model.player.length);
    return this.names + (position / length) * (this.width - this.names - 16);
  }

  override render() {
    if (this.width === 0) return nothing;
    const all = this.lanes;
    const { player } = this.model;
    const rows = new Map(all.map((lane, nth) => [lane.task, TOP + nth * ROW]));
    const height = TOP + all.length * ROW + 6;
    const at = this.x(player.position);
    return html`<svg width=${this.width} height=${height} aria-hidden="true" @pointerdown=${this.onPointer} @pointermove=${this.onPointer}>
      <defs>
        <pattern id="sleep" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v7" stroke="var(--s-edge)" stroke-width="2" />
        </pattern>
      </defs>
      ${all.map((lane) => this.lane(lane, rows.get(lane.task) ?? 0))}
      ${this.model.paragraphs.map((paragraph) => this.block(paragraph, rows.get(paragraph.task) ?? 0))}
      ${all.map((lane) =>
        lane.findings.map(
          (step) => svg`<path class="found" d="M${this.x(step + 1) - 5} ${(rows.get(lane.task) ?? 0) - 4}h10l-5 8z"></path>`,
        ),
      )}
      <path class="cursor" d="M${at} 2V${height - 2}"></path>
    </svg>`;
  }

  private lane(lane: Lane, y: number) {
    const { names } = this.model.player;
    return svg`
      <text class="name" x="12" y=${y + 15}>${names.task(lane.task)}</text>
      <path class="rule" d="M${this.names} ${y + 10}H${this.width - 16}"></path>
      ${lane.asleep.map((span) => svg`<rect x=${this.x(span.from)} y=${y + 1} width=${this.x(span.to) - this.x(span.from)} height="18" fill="url(#sleep)" opacity=".6"></rect>`)}
      ${lane.busy.map((span) => svg`<rect class="busy" x=${this.x(span.from)} y=${y + 20} width=${this.x(span.to) - this.x(span.from)} height="3" rx="1.5"></rect>`)}`;
  }

  private block(paragraph: Paragraph, y: number) {
    const from = this.x(paragraph.from);
    const w = Math.max(3, this.x(paragraph.to) - from - 1);
    const { position } = this.model.player;
    const now = position > paragraph.from && position <= paragraph.to;
    const room = Math.floor((this.room(paragraph) - 12) / 5.9);
    const text = paragraph.short.length > room ? (room > 4 ? `${paragraph.short.slice(0, room - 1)}…` : '') : paragraph.short;
    return svg`<g class="${paragraph.from >= position ? 'ahead' : ''} ${now ? 'now' : ''}">
      <rect class="block" x=${from} y=${y + 1} width=${w} height="18" rx="5"></rect>
      <text x=${from + 7} y=${y + 14}>${text}</text>
    </g>`;
  }

  /** A label may run over the empty lane behind its block, up to the next one. */
  private room(paragraph: Paragraph): number {
    const next = this.model.paragraphs.find((other) => other.task === paragraph.task && other.from >= paragraph.to);
    const asleep = this.lanes.find((lane) => lane.task === paragraph.task)?.asleep.find((span) => span.to > paragraph.to);
    const end = Math.min(next?.from ?? Infinity, asleep ? Math.max(asleep.from, paragraph.to) : Infinity);
    return (Number.isFinite(end) ? this.x(end) : this.width - 16) - this.x(paragraph.from);
  }

  /** The lanes can be scrubbed as well; the slider above does the same by keyboard. */
  private readonly onPointer = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    const x = event.offsetX - this.names;
    const { player } = this.model;
    const position = Math.round((x / (this.width - this.names - 16)) * player.length);
    if (position !== player.position) void player.seek(position);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-lanes': FlLanes;
  }
}
