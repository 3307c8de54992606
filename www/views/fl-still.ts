/** One moment of a run as a small picture: the strata themselves, without anything to press. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { layout } from '../core/layout';
import type { Still } from '../core/stills';
import type { Ink } from './model';
import { columns, lines, slabs } from './strata-parts';
import { strataStyles } from './strata-css';
import { tiles } from './strata-tiles';
import { defs } from './swatch';

/** Units that a still is wide at least; what is wider shrinks. */
const WIDTH = 560;
/** Room around what is shown, for lines that go round it. */
const MARGIN = 26;

const nobody = { select: () => undefined, isSelected: () => false, isStop: () => false };

@customElement('fl-still')
export class FlStill extends LitElement {
  static override styles = [
    strataStyles,
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

  @property({ attribute: false }) still: Still | null = null;

  override render() {
    const { still } = this;
    if (!still) return nothing;
    const { scene, names, palette } = still;
    const ink: Ink = { player: { names }, swatch: (value) => palette.swatch(value) };
    const at = layout(scene, WIDTH);
    const seen = [...at.columns, ...at.slabs, ...at.tiles.map((tile) => ({ ...tile, w: tile.size }))];
    const left = Math.min(...seen.map((one) => one.x)) - MARGIN;
    const right = Math.max(...seen.map((one) => one.x + one.w)) + MARGIN;
    return html`<svg viewBox="${left} 0 ${right - left} ${at.tray.y + at.tray.h}" aria-hidden="true" focusable="false">
      ${defs}
      <path class="ground" d="M${left} ${at.surface}H${right}"></path>
      ${lines(ink, scene, at, ['entry', 'backing', 'cut'])} ${slabs(ink, scene, at)} ${lines(ink, scene, at, ['map'])}
      ${tiles(ink, scene, at)} ${columns(ink, scene, at, nobody)}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-still': FlStill;
  }
}
