/** Says what a link and this page are not of one mind about, until the reader has read it. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { nearest } from '../core/nearest';
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
              ${differs.map((one) => html`<li>${this.folded(one)}</li>`)}
            </ul>
          </div>`}
    </div>`;
  }

  /** A list of names is no answer: the nearest one is, and the list for who wants it. */
  private folded(text: string) {
    const { scenarios } = this.model.player.catalog;
    const [, before = '', wrong = '', list = '', after = ''] = /^(.*no scenario `([^`]*)`); it has ([^:]*)(?:: (.*))?$/.exec(text) ?? [];
    if (list === '') return marked(text);
    const near = nearest(wrong, scenarios.map((one) => one.name));
    return html`${marked(before)}${near === null ? '' : html`; did you mean <a href="?scenario=${near}">${near}</a>?`}${after === '' ? '' : html` ${after.slice(0, 1).toUpperCase()}${after.slice(1)}.`}
      <details><summary>All ${scenarios.length} scenarios</summary><p>${list}</p></details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-differs': FlDiffers;
  }
}
