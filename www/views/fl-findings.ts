/** Findings: what is wrong, in red, announced at once. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Finding } from '../core/events';
import { findingFacts } from '../core/narrate-findings';
import { base } from './base';
import { View } from './element';

@customElement('fl-findings')
export class FlFindings extends View {
  static override styles = [
    base,
    css`
      :host([empty]) {
        margin-bottom: -18px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 6px;
      }
      button {
        display: block;
        width: 100%;
        text-align: left;
        background: var(--danger);
        border: 0;
        color: var(--danger-ink);
        padding: 6px 12px;
        line-height: 1.35;
        font-size: 12.5px;
        overflow-wrap: anywhere;
      }
      small {
        display: block;
        font-size: 11.5px;
      }
      b {
        display: block;
        font-size: 14px;
      }
    `,
  ];

  /** What the engine reported up to the present position, and where. */
  private get reported(): { finding: Finding; at: number }[] {
    const { chunks, position } = this.model.player;
    return chunks.slice(0, position).flatMap((chunk, nth) => chunk.findings.map((finding) => ({ finding, at: nth + 1 })));
  }

  override render() {
    const found = this.reported;
    this.toggleAttribute('empty', found.length === 0);
    return html`<div role="alert">
      ${found.length === 0
        ? nothing
        : html`<ul aria-label="Findings">
            ${found.map(
              ({ finding, at }) => html`<li>
                <button @click=${() => void this.model.player.seek(at)}>
                  <b>${finding.kind.replaceAll('-', ' ')}</b>
                  ${finding.detail} (${finding.property}, step ${at})
                  ${findingFacts(finding).map((fact) => html`<small>${fact}</small>`)}
                </button>
              </li>`,
            )}
          </ul>`}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-findings': FlFindings;
  }
}
