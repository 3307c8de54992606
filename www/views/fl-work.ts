/** What the engine is at, how far it is, and the button that ends it. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { progressText, type Work } from '../core/work';
import { base } from './base';

@customElement('fl-work')
export class FlWork extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        font-size: 13px;
      }
      :host(.floating) {
        position: fixed;
        top: 64px;
        left: 50%;
        z-index: 6;
        width: min(430px, calc(100vw - 24px));
        transform: translateX(-50%);
        animation: appear 120ms ease-out;
      }
      .card {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 2px 16px;
        padding: 11px 12px 13px 16px;
        position: relative;
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: var(--surface);
      }
      :host(.floating) .card {
        box-shadow: 0 10px 34px rgb(0 0 0 / 16%);
      }
      .what {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .far {
        grid-row: 2;
        font-size: 12.5px;
        font-variant-numeric: tabular-nums;
      }
      button {
        grid-column: 2;
        grid-row: 1 / span 2;
      }
      kbd {
        font: inherit;
        font-size: 11.5px;
        color: var(--muted);
        margin-left: 5px;
      }
      /* A thin line along the lower edge; it is indeterminate where the total is unknown. */
      progress {
        position: absolute;
        inset: auto 0 0;
        width: 100%;
        height: 3px;
        border: 0;
        appearance: none;
        background: transparent;
      }
      progress::-webkit-progress-bar {
        background: transparent;
      }
      progress::-webkit-progress-value {
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
      .wander {
        position: absolute;
        inset: auto 0 0;
        height: 3px;
        width: 34%;
        border-radius: 2px;
        background: var(--accent);
        animation: wander 1.6s ease-in-out infinite alternate;
      }
      @keyframes wander {
        from {
          transform: translateX(-20%);
        }
        to {
          transform: translateX(214%);
        }
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .wander {
          animation: none;
          width: 100%;
          opacity: 0.45;
        }
      }
      @media (max-width: 760px) {
        button {
          min-height: 44px;
          min-width: 64px;
        }
        kbd {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) work: Work | null = null;

  override render() {
    const { work } = this;
    if (!work) return nothing;
    const { progress } = work;
    return html`<div class="card">
      <span class="what" role="status">${work.what}…</span>
      <span class="far muted">${progressText(progress) || 'The engine is at work'}</span>
      <button @click=${() => this.dispatchEvent(new CustomEvent('fl-stop', { bubbles: true, composed: true }))}>Stop<kbd>Esc</kbd></button>
      ${progress?.of
        ? html`<progress aria-label="How far it is" max=${progress.of} .value=${progress.turns}></progress>`
        : html`<span class="wander"></span>`}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-work': FlWork;
  }
}
