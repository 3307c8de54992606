/** One moment of a run as a small picture: the diagram itself, without anything to press. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
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
      /* At this size only what is big can be read. */
      .caption,
      .pill,
      .cell text,
      .tile .name {
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
    `,
  ];

  @property({ attribute: false }) thumbnail: Thumbnail | null = null;

  override render() {
    const { thumbnail } = this;
    if (!thumbnail) return nothing;
    const { scene, names, palette } = thumbnail;
    const context: DrawContext = { player: { names }, swatch: (value) => palette.swatch(value) };
    const at = layout(scene, { width: WIDTH });
    const seen = [...at.columns, ...at.boxes, ...at.tiles.map((tile) => ({ ...tile, w: tile.size }))];
    const left = Math.min(...seen.map((one) => one.x)) - MARGIN;
    const right = Math.max(...seen.map((one) => one.x + one.w)) + MARGIN;
    return html`<svg viewBox="${left} 0 ${right - left} ${at.tray.y + at.tray.h}" aria-hidden="true" focusable="false">
      ${defs}
      <path class="ground" d="M${left} ${at.surface}H${right}"></path>
      ${lines(context, scene, at.lines.filter((line) => line.frame === null), inert)} ${boxes(context, scene, at, inert)}
      ${lines(context, scene, at.lines.filter((line) => line.frame !== null), inert)}
      ${tiles(context, scene, at.tiles, at.sizes, inert)} ${columns(context, scene, at, inert)}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-thumbnail': FlThumbnail;
  }
}
