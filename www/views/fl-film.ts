/** A run that plays by itself, small, up to the moment that matters; with reduced motion only that moment. */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Film } from '../core/film';
import './fl-thumbnail';

/** Milliseconds of a frame. */
const EACH = 130;

@customElement('fl-film')
export class FlFilm extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }
    fl-thumbnail {
      height: 100%;
    }
  `;

  @property({ attribute: false }) film: Film | null = null;
  @state() private nth = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('film')) return;
    clearTimeout(this.timer);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.nth = still ? (this.film?.last ?? 0) : 0;
  }

  override updated(): void {
    this.dispatchEvent(new CustomEvent('fl-frame', { detail: this.nth, bubbles: true, composed: true }));
    clearTimeout(this.timer);
    if (this.film && this.nth < this.film.last) this.timer = setTimeout(() => this.nth++, EACH);
  }

  override render() {
    return this.film ? html`<fl-thumbnail .thumbnail=${this.film.at(this.nth)}></fl-thumbnail>` : nothing;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-film': FlFilm;
  }
}
