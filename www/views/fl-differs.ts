/** Says what a link and this page are not of one mind about, until the reader has read it. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { sentence, type Problem } from '../core/problem';
import { base } from './base';
import { View } from './element';
import { marked } from './marked';

@customElement('fl-differs')
export class FlDiffers extends View {
  static override styles = [
    base,
    css`
      .banner {
        border: 2px solid var(--busy);
        border-radius: 10px;
        background: var(--surface);
        padding: 10px 12px;
        margin-bottom: 12px;
        font-size: 13px;
      }
      .head {
        display: flex;
        gap: 14px;
        align-items: center;
        justify-content: space-between;
      }
      a {
        color: var(--accent);
      }
      summary {
        cursor: pointer;
      }
      li {
        overflow-wrap: anywhere;
      }
      ul {
        margin: 4px 0 0;
        padding-left: 18px;
      }
    `,
  ];

  override render() {
    const { differs } = this.model.player;
    return html`<div role="alert">
      ${differs.length === 0
        ? nothing
        : html`<div class="banner">
            <div class="head">
              <strong>${this.model.player.refused ? 'The link has not been opened.' : 'The link does not fit.'}</strong>
              <button aria-label="Close what is said about the link" @click=${() => this.model.player.warn([])}>Close</button>
            </div>
            <ul>
              ${differs.map((one) => html`<li>${this.said(one)}</li>`)}
            </ul>
          </div>`}
    </div>`;
  }

  /** Where the gallery has none of the name, the list of those it has is for who wants it. */
  private said(problem: Problem) {
    if (problem.near === undefined) return marked(sentence(problem));
    const { scenarios } = this.model.player.catalog;
    return html`${marked(sentence(problem))} <a href="?scenario=${problem.near}">Open ${problem.near}</a>
      <details><summary>All ${scenarios.length} scenarios</summary><p>${scenarios.map((one) => one.name).join(', ')}</p></details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-differs': FlDiffers;
  }
}
