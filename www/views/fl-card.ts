/** A scenario in the gallery: a thumbnail, the year, the title, a sentence; the whole card opens it. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { years } from '../core/gallery';
import type { Thumbnail, Thumbnails } from '../core/thumbnails';
import type { ScenarioInfo } from '../drivers/driver';
import { base } from './base';
import './fl-thumbnail';
import { marked } from './marked';

@customElement('fl-card')
export class FlCard extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        height: 100%;
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
        aspect-ratio: 16 / 10;
        padding: 8px;
      }
      .text {
        padding: 12px 14px 14px;
        display: grid;
        gap: 4px;
        font-size: 13px;
      }
      h3 {
        font-size: 15px;
      }
      .when {
        font-size: 12px;
        color: var(--muted);
      }
    `,
  ];

  @property({ attribute: false }) info!: ScenarioInfo;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @state() private thumbnail: Thumbnail | null = null;
  private readonly seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    this.seen.disconnect();
    void this.thumbnails.of(this.info).then((thumbnail) => (this.thumbnail = thumbnail), () => undefined);
  }, { rootMargin: '120px' });

  override connectedCallback(): void {
    super.connectedCallback();
    this.seen.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.seen.disconnect();
  }

  override render() {
    const { info } = this;
    const year = years(info.when);
    return html`<a href="?scenario=${info.name}" @click=${this.onClick}>
      <fl-thumbnail .thumbnail=${this.thumbnail}></fl-thumbnail>
      <div class="text">
        <span class="when">${year ? html`${year} · ` : nothing}<code>${info.name}</code></span>
        <h3>${info.title}</h3>
        <p class="muted">${marked(info.about)}</p>
      </div>
    </a>`;
  }

  /** A plain click stays on the page; any other opens the address like every link. */
  private readonly onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('fl-open', { detail: this.info.name, bubbles: true, composed: true }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-card': FlCard;
  }
}
