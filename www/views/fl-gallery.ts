/** The front door: the story that the page is about, then every scenario as a card. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { grouped } from '../core/gallery';
import type { Thumbnail, Thumbnails } from '../core/thumbnails';
import type { Catalog, ScenarioInfo } from '../drivers/driver';
import { base } from './base';
import './fl-card';
import './fl-thumbnail';
import { focusHeading } from './element';

/** The story of the race, with a witness. */
export const FOREMOST = 't3-story';
/** The same race as a search finds it: small enough to be walked through. */
export const SEARCHED = 't3';

@customElement('fl-gallery')
export class FlGallery extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        overflow: auto;
      }
      .page {
        max-width: 1240px;
        margin: 0 auto;
        padding: 26px 24px 48px;
      }
      .hero {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1.05fr);
        gap: 28px;
        align-items: center;
      }
      .hero h1 {
        font-size: 30px;
        letter-spacing: -0.5px;
        margin-bottom: 12px;
      }
      .hero p {
        font-size: 15px;
        max-width: 56ch;
        margin-bottom: 10px;
      }
      .hero .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 10px 16px;
        margin-top: 18px;
      }
      .hero button {
        font-size: 15px;
        min-height: 44px;
        padding: 8px 18px;
      }
      kbd {
        font: 11px var(--mono);
        border: 1px solid var(--line);
        border-radius: 4px;
        padding: 1px 5px;
      }
      .hero fl-thumbnail {
        height: 340px;
        border-radius: 12px;
        border: 1px solid var(--line);
        background: var(--surface);
        padding: 10px;
      }
      .group {
        margin-top: 34px;
      }
      .group h2 {
        font-size: 17px;
        margin: 0;
      }
      .cards {
        list-style: none;
        margin: 12px 0 0;
        padding: 0;
        display: grid;
        gap: 16px;
        grid-template-columns: repeat(auto-fill, minmax(264px, 1fr));
      }
      @media (max-width: 760px) {
        .page {
          padding: 18px 16px 32px;
        }
        .hero {
          grid-template-columns: minmax(0, 1fr);
          gap: 18px;
        }
        .hero h1 {
          font-size: 24px;
        }
        .hero fl-thumbnail {
          height: auto;
          aspect-ratio: 16 / 12;
        }
        .hero button {
          width: 100%;
        }
        .key {
          display: none;
        }
        .cards {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) catalog!: Catalog;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @state() private thumbnail: Thumbnail | null = null;

  private get foremost(): ScenarioInfo | undefined {
    return this.catalog.scenarios.find((one) => one.name === FOREMOST);
  }

  override firstUpdated(): void {
    const { foremost } = this;
    // After the words stand on the screen.
    if (foremost) requestAnimationFrame(() => void this.thumbnails.of(foremost).then((thumbnail) => (this.thumbnail = thumbnail), () => undefined));
  }

  override focus(): void {
    focusHeading(this);
  }

  override render() {
    return html`<main class="page">
      ${this.foremost ? this.hero(this.foremost) : nothing}
      ${grouped(this.catalog.scenarios).map(
        ({ group, scenarios }) => html`<section class="group" aria-labelledby=${group.id}>
          <h2 id=${group.id}>${group.title}</h2>
          <p class="muted">${group.text}</p>
          <ul class="cards">
            ${repeat(
              scenarios,
              (one) => one.name,
              (one) => html`<li><fl-card .info=${one} .thumbnails=${this.thumbnails}></fl-card></li>`,
            )}
          </ul>
        </section>`,
      )}
    </main>`;
  }

  private hero(info: ScenarioInfo) {
    return html`<section class="hero" aria-labelledby="hero">
      <div>
        <h1 id="hero" tabindex="-1">FreeBSD’s virtual memory, and the race that broke it</h1>
        <p>
          In December 2019 and January 2020 a page could be <b>freed while a process still mapped it</b>: a copy-on-write
          fault, a fork and an exit had to meet in the wrong order. Review D23155 fixed it.
        </p>
        <p class="muted">
          Here the kernel’s own steps run in this tab, on simulated memory that really breaks. Let the page find the race among
          all orders of steps, watch it, pass it on, and see the proof that the fix leaves none.
        </p>
        <div class="row">
          <button class="primary" id="foremost" @click=${() => this.send('fl-search-open', SEARCHED)}>Find the race of D23155</button>
          <button @click=${() => this.send('fl-open', info.name)}>Watch its story</button>
          <span class="muted key">or press <kbd>Enter</kbd></span>
        </div>
      </div>
      <fl-thumbnail .thumbnail=${this.thumbnail}></fl-thumbnail>
    </section>`;
  }

  private send(event: 'fl-open' | 'fl-search-open', detail: string): void {
    this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-gallery': FlGallery;
  }
}
