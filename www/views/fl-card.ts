/** A chosen scenario in the gallery: a thumbnail, the year, the title, a sentence; the whole card opens it. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { years } from '../core/gallery';
import type { Thumbnail } from '../core/thumbnails';
import type { ScenarioInfo } from '../drivers/driver';
import { base } from './base';
import './fl-thumbnail';
import { marked } from './marked';
import { badgeStyles } from './gallery-css';
import { badges, opener } from './scenario-link';

@customElement('fl-card')
export class FlCard extends LitElement {
  static override styles = [
    base,
    badgeStyles,
    css`
      :host {
        height: 100%;
        container-type: inline-size;
      }
      a {
        display: flex;
        flex-direction: column;
        height: 100%;
        color: inherit;
        text-decoration: none;
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: 12px;
        overflow: hidden;
      }
      a:hover {
        border-color: var(--s-edge);
      }
      fl-thumbnail {
        background: var(--bg);
        border-bottom: 1px solid var(--hair);
        aspect-ratio: 16 / 9;
        padding: 8px;
        flex: none;
      }
      .text {
        padding: 12px 14px 14px;
        display: flex;
        flex-direction: column;
        gap: 4px;
        flex: 1;
        font-size: 13px;
      }
      h2 {
        margin: 0;
        font-size: 15px;
      }
      .badges {
        margin-top: auto;
        padding-top: 6px;
      }
      /* On a phone the picture stands beside the words. */
      @container (max-width: 360px) and (min-width: 340px) {
        a {
          flex-direction: row;
        }
        fl-thumbnail {
          width: 118px;
          aspect-ratio: auto;
          border: 0;
          border-right: 1px solid var(--hair);
        }
      }
    `,
  ];

  @property({ attribute: false }) info!: ScenarioInfo;
  @property({ attribute: false }) thumbnail: Thumbnail | null = null;
  @property({ type: Number }) steps?: number;

  override render() {
    const { info } = this;
    const year = years(info.when);
    return html`<a href="?scenario=${info.name}" @click=${opener(info.name)}>
      <fl-thumbnail .thumbnail=${this.thumbnail}></fl-thumbnail>
      <div class="text">
        <span class="when">${year ? html`${year} · ` : nothing}<code>${info.name}</code></span>
        <h2>${info.title}</h2>
        <p class="muted">${marked(info.about)}</p>
        ${badges(info, this.steps)}
      </div>
    </a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-card': FlCard;
  }
}
