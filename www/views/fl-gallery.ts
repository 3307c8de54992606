/** The front door: the story that the page is about, six chosen scenarios, then all of them in lists. */

import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { CHAINED, CHOSEN, FOREMOST, grouped, years, SEARCHED, type Group } from '../core/gallery';
import type { Thumbnails } from '../core/thumbnails';
import type { Catalog, ScenarioInfo } from '../drivers/driver';
import { base } from './base';
import { focusHeading } from './element';
import './fl-card';
import './fl-lessons';
import './fl-thumbnail';
import { badgeStyles, galleryStyles } from './gallery-css';
import { marked } from './marked';
import { badges, opener } from './scenario-link';
import { frontWords } from './words';

@customElement('fl-gallery')
export class FlGallery extends LitElement {
  static override styles = [base, badgeStyles, galleryStyles];

  @property({ attribute: false }) catalog!: Catalog;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  /** Length of each scenario's run. */
  @property({ attribute: false }) steps: Record<string, number> = {};
  /** The one group that is listed; null for all. */
  @state() private only: Group | null = null;

  override focus(): void {
    focusHeading(this);
  }

  override render() {
    const { scenarios } = this.catalog;
    const chosen = CHOSEN.flatMap((name) => scenarios.filter((one) => one.name === name));
    return html`<main class="page">
      ${this.hero()}
      <fl-lessons .thumbnail=${this.thumbnails.of(CHAINED)}></fl-lessons>
      <ul class="cards" aria-label="Chosen scenarios">
        ${chosen.map((one) => html`<li><fl-card .info=${one} .thumbnail=${this.thumbnails.of(one.name)} .steps=${this.steps[one.name]}></fl-card></li>`)}
      </ul>
      ${this.all(grouped(scenarios))}
    </main>`;
  }

  private hero() {
    return html`<section class="hero" aria-labelledby="hero">
      <div>
        ${frontWords()}
        <div class="row">
          <button class="primary" id="foremost" @click=${() => this.send('fl-search-open', SEARCHED)}>Find the race of D23155</button>
          <button @click=${() => this.send('fl-open', FOREMOST)}>Watch its story</button>
          <span class="muted key">or press <kbd>Enter</kbd></span>
        </div>
      </div>
      <fl-thumbnail labelled .thumbnail=${this.thumbnails.of(SEARCHED)}></fl-thumbnail>
    </section>`;
  }

  private all(groups: ReturnType<typeof grouped>) {
    const count = groups.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
    const button = (id: Group | null, title: string, n: number) =>
      html`<button aria-pressed=${this.only === id ? 'true' : 'false'} @click=${() => (this.only = id)}>${title} <span class="count">${n}</span></button>`;
    return html`<section class="all" aria-labelledby="all">
      <div class="row">
        <h2 id="all">All scenarios</h2>
        <div class="filter" role="group" aria-label="Which scenarios">
          ${button(null, 'All', count)} ${groups.map(({ group, scenarios }) => button(group.id, group.title, scenarios.length))}
        </div>
      </div>
      ${groups.filter(({ group }) => this.only === null || group.id === this.only).map(({ group, scenarios }) => this.group(group, scenarios))}
    </section>`;
  }

  private group({ id, title, text }: { id: Group; title: string; text: string }, scenarios: ScenarioInfo[]) {
    return html`<section class="group" aria-labelledby=${id}>
      <h3 id=${id}>${title}</h3>
      <p class="muted">${text}</p>
      <ul class="list">
        ${scenarios.map((one) => this.entry(one))}
      </ul>
    </section>`;
  }

  private entry(one: ScenarioInfo) {
    const year = years(one.when);
    return html`<li>
      <a href="?scenario=${one.name}" @click=${opener(one.name)}>
        <span class="title">${one.title}</span>
        <span class="muted about">${marked(one.about)}</span>
        <span class="facts"><span class="when"><code>${one.name}</code>${year ? html` · ${year}` : nothing}</span>${badges(one, this.steps[one.name])}</span>
      </a>
    </li>`;
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
