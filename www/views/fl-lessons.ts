/** The two ways in for a newcomer, before any scenario: what a chain is, and levels in which one breaks the kernel oneself. */

import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { LEVELS } from '../core/levels';
import type { Thumbnail } from '../core/thumbnails';
import { base } from './base';
import './fl-thumbnail';

@customElement('fl-lessons')
export class FlLessons extends LitElement {
  static override styles = [
    base,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 16px;
      }
      a {
        height: 100%;
        display: grid;
        grid-template-columns: 190px minmax(0, 1fr);
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
      .picture {
        background: var(--bg);
        border-right: 1px solid var(--hair);
        padding: 8px;
        min-height: 130px;
        align-content: center;
        display: grid;
      }
      fl-thumbnail {
        height: 114px;
      }
      .rungs {
        place-self: center;
        display: grid;
        grid-template-columns: repeat(5, 24px);
        gap: 6px;
        font: 600 11px var(--sans);
        color: var(--muted);
      }
      .rungs span {
        height: 24px;
        border-radius: 50%;
        border: 1px solid var(--s-edge);
        display: grid;
        place-items: center;
      }
      .text {
        padding: 14px 16px;
        display: grid;
        gap: 4px;
        align-content: center;
      }
      h2 {
        font-size: 17px;
        margin: 0;
      }
      p {
        font-size: 13px;
      }
      @container (max-width: 960px) {
        ul {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      @container (max-width: 520px) {
        ul {
          gap: 10px;
        }
        a {
          grid-template-columns: 118px minmax(0, 1fr);
        }
        .rungs {
          grid-template-columns: repeat(3, 24px);
        }
        .rungs span:nth-child(n + 10) {
          display: none;
        }
      }
    `,
  ];

  /** A chain, for the first of them. */
  @property({ attribute: false }) thumbnail: Thumbnail | null = null;

  override render() {
    return html`<ul aria-label="To begin with">
      <li>
        <a href="#chains" @click=${this.opener('chains')}>
          <span class="picture"><fl-thumbnail .thumbnail=${this.thumbnail}></fl-thumbnail></span>
          <div class="text">
            <h2>Why there are chains</h2>
            <p class="muted">What a fork does not copy, what a store puts in front, and why the kernel shortens what grows. Five parts, one button each.</p>
          </div>
        </a>
      </li>
      <li>
        <a href="#levels" @click=${this.opener('levels')}>
          <span class="picture"><span class="rungs" aria-hidden="true">${LEVELS.map((_, nth) => html`<span>${nth + 1}</span>`)}</span></span>
          <div class="text">
            <h2>Break it</h2>
            <p class="muted">You are the scheduler: make a correct-looking kernel fail, with as few preemptions as possible. Then try it with the fix. ${LEVELS.length} levels.</p>
          </div>
        </a>
      </li>
    </ul>`;
  }

  /** A plain click stays on the page; any other opens the address like every link. */
  private opener(tab: 'chains' | 'levels') {
    return (event: MouseEvent): void => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.dispatchEvent(new CustomEvent('fl-show', { detail: tab, bubbles: true, composed: true }));
    };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-lessons': FlLessons;
  }
}
