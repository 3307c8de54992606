/** One moment of a run as a small picture: the diagram itself, without anything to press. */

import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { labels, LETTER, type Label } from '../core/labels';
import { layout } from '../core/layout';
import type { Thumbnail } from '../core/thumbnails';
import type { DrawContext } from './model';
import { columns, lines, boxes } from './diagram-parts';
import { diagramStyles } from './diagram-css';
import { inert } from './diagram-looks';
import { tiles } from './diagram-tiles';
import { defs } from './swatch';

/** Least width of a thumbnail, in units; what is wider shrinks. */
const WIDTH = 560;
/** Room around what is shown, for lines that go round it. */
const MARGIN = 26;
/** Room above the columns and below the free frames for a label. */
const [ABOVE, BELOW] = [20, 24];

@customElement('fl-thumbnail')
export class FlThumbnail extends LitElement {
  static override styles = [
    diagramStyles,
    css`
      :host {
        display: block;
        overflow: hidden;
      }
      svg {
        width: 100%;
        height: 100%;
      }
      /* At this size only what is big can be read; in a small picture, nothing. */
      .caption,
      .pill,
      .cell text,
      .tile .name,
      :host(:not([labelled])) text {
        display: none;
      }
      .title {
        font-size: 18px;
      }
      .tile .value {
        font-size: 19px;
      }
      .line {
        stroke-width: 2.4;
      }
      .label {
        font-size: 20px;
        font-weight: 650;
        paint-order: stroke;
        stroke: var(--surface);
        stroke-width: 6px;
        stroke-linejoin: round;
      }
      .label.wrong {
        fill: var(--danger);
      }
    `,
  ];

  @property({ attribute: false }) thumbnail: Thumbnail | null = null;
  /** It is big enough for words. */
  @property({ type: Boolean, reflect: true }) labelled = false;

  override render() {
    const { thumbnail } = this;
    if (!thumbnail) return nothing;
    const { scene, names, palette } = thumbnail;
    const context: DrawContext = { player: { names }, swatch: (value) => palette.swatch(value) };
    const at = layout(scene, { width: WIDTH });
    const words = this.labelled ? labels(scene, names, at) : [];
    const seen = [...at.columns, ...at.boxes, ...at.tiles.map((tile) => ({ ...tile, w: tile.size }))];
    const left = Math.min(...seen.map((one) => one.x)) - MARGIN;
    const starts = words.filter((one) => one.anchor === 'start').map(({ x, text }) => x + text.length * LETTER);
    const right = Math.max(...seen.map((one) => one.x + one.w + MARGIN), ...starts);
    const [above, below] = words.length > 0 ? [ABOVE, BELOW] : [0, 0];
    const height = above + at.tray.y + at.tray.h + below;
    return html`<svg viewBox="${left} ${-above} ${right - left} ${height}" aria-hidden="true" focusable="false">
      ${defs}
      <path class="ground" d="M${left} ${at.surface}H${right}"></path>
      ${lines(context, scene, at.lines.filter((line) => line.frame === null), inert)} ${boxes(context, scene, at, inert)}
      ${lines(context, scene, at.lines.filter((line) => line.frame !== null), inert)}
      ${tiles(context, scene, at.tiles, at.sizes, inert)} ${columns(context, scene, at, inert)} ${words.map(label)}
    </svg>`;
  }
}

const label = ({ text, x, y, anchor, wrong }: Label) => svg`<text class="label ${wrong ? 'wrong' : ''}" x=${x} y=${y} text-anchor=${anchor}>${text}</text>`;

declare global {
  interface HTMLElementTagNameMap {
    'fl-thumbnail': FlThumbnail;
  }
}
