/** How long the chains were that faults walked. */

import { css, html, LitElement, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { bars, grouped, percent } from '../core/counts';
import { base } from './base';

const BAR = 52;
const GAP = 12;
const HEIGHT = 150;

@customElement('fl-histogram')
export class FlHistogram extends LitElement {
  static override styles = [
    base,
    css`
      svg {
        display: block;
        max-width: 100%;
        height: auto;
      }
      rect {
        fill: var(--s2);
        stroke: var(--s-edge);
      }
      text {
        font: 12px var(--sans);
        fill: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      text.share {
        font-size: 11px;
      }
      text.count {
        fill: var(--ink);
        font-size: 11px;
      }
    `,
  ];

  @property({ attribute: false }) chains: number[] = [];

  /** Lengths up to the longest that occurred; at least a handful. */
  private get shown(): number[] {
    const last = this.chains.reduce((longest, count, nth) => (count > 0 ? nth : longest), 0);
    return this.chains.slice(0, Math.max(6, last + 1));
  }

  override render() {
    const { shown } = this;
    const width = shown.length * (BAR + GAP) + GAP;
    const heights = bars(shown);
    const all = shown.reduce((sum, count) => sum + count, 0);
    const said = shown.map((count, nth) => `${grouped(count)} (${percent(count, all)}) of ${this.label(nth)}`).join(', ');
    return html`<section>
      <h2>Faults by length of the chain of objects they met (logarithmic)</h2>
      <svg width=${width} viewBox="0 0 ${width} ${HEIGHT + 60}" preserveAspectRatio="xMinYMid" role="img" aria-label="Faults by chain length: ${said}">
        ${shown.map((count, nth) => {
          const h = (heights[nth] ?? 0) * HEIGHT;
          const x = GAP + nth * (BAR + GAP);
          return svg`<rect x=${x} y=${HEIGHT + 18 - h} width=${BAR} height=${h} rx="4"></rect>
            <text class="count" x=${x + BAR / 2} y=${HEIGHT + 12 - h} text-anchor="middle">${count > 0 ? grouped(count) : ''}</text>
            <text x=${x + BAR / 2} y=${HEIGHT + 35} text-anchor="middle">${this.label(nth)}</text>
            <text class="share" x=${x + BAR / 2} y=${HEIGHT + 51} text-anchor="middle">${count > 0 ? percent(count, all) : ''}</text>`;
        })}
      </svg>
    </section>`;
  }

  private label(nth: number): string {
    if (nth === 0) return '1 object';
    return nth === 15 ? '16+' : String(nth + 1);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-histogram': FlHistogram;
  }
}
