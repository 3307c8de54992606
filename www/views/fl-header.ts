/** The head of the page: its views, the scenario, and what can be done with it. On a phone, one calm row. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Player } from '../core/player';
import type { Tab } from '../core/view';
import { base } from './base';
import './fl-scenarios';
import { Observe } from './observe';


@customElement('fl-header')
export class FlHeader extends LitElement {
  static override styles = [
    base,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 14px;
        height: 52px;
        padding: 0 18px;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      .logo {
        font-weight: 650;
        letter-spacing: 0.2px;
        display: flex;
        gap: 9px;
        align-items: center;
        font-size: 16px;
      }
      .space {
        flex: 1;
      }
      button {
        flex: none;
        white-space: nowrap;
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        color: var(--accent);
      }
      @media (max-width: 980px) {
        .logo span {
          display: none;
        }
        header {
          gap: 10px;
          padding: 0 12px;
        }
      }
      @media (max-width: 760px) {
        header {
          padding: 0 8px 0 10px;
          gap: 8px;
        }
        .seg {
          flex: 0 1 auto;
          min-width: 0;
          overflow-x: auto;
        }
        .seg button {
          padding: 5px 10px;
        }
      }
    `,
  ];

  @property({ attribute: false }) player!: Player;
  @property() tab: Tab = 'gallery';
  @property({ type: Boolean }) narrow = false;
  /** A search is open: what it says comes first. */
  @property({ type: Boolean }) searching = false;
  @query('#play') private playButton?: HTMLElement;

  constructor() {
    super();
    new Observe(this, () => this.player);
  }

  /** The focus goes to where the story starts from; false where that is not here. */
  focusPlay(): boolean {
    this.playButton?.focus();
    return Boolean(this.playButton);
  }

  override render() {
    const tab = (name: Tab, label: string) => html`<button
      id="to-${name}"
      aria-current=${this.tab === name ? 'page' : 'false'}
      @click=${() => this.send('fl-show', name)}
    >
      ${label}
    </button>`;
    return html`<header>
      <span class="logo">
        <svg width="22" height="22" viewBox="0 0 22 22" role="img" aria-label="Faultline">
          <path d="M1 6h8l-2 4h14M1 11h6l-2 4h16M1 16h4l-1 2h17" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round" />
        </svg>
        <span>Faultline</span>
      </span>
      <nav class="seg" aria-label="Views">${tab('gallery', 'Gallery')}${tab('step', 'Step')}${tab('threads', 'Threads')}</nav>
      ${this.narrow ? nothing : this.wide()}
      ${this.narrow ? html`<span class="space"></span>` : nothing}
      <button class="quiet" aria-label="Keys and marks (?)" title="Keys and marks (?)" @click=${() => this.send('fl-help')}>?</button>
      ${this.tab === 'step' && !this.narrow ? this.play() : nothing}
    </header>`;
  }

  private wide() {
    const { tab } = this;
    return html`
      ${tab === 'step' ? html`<fl-scenarios .player=${this.player}></fl-scenarios>` : nothing}
      <span class="space"></span>
      ${tab === 'step' ? html`<button title="Search every interleaving (s)" @click=${() => this.send('fl-find')}>Search</button>` : nothing}
      ${tab === 'step' || tab === 'compare'
        ? html`<button
            aria-pressed=${tab === 'compare' ? 'true' : 'false'}
            title="Two kernels on this schedule (c)"
            @click=${() => this.send('fl-show', tab === 'compare' ? 'step' : 'compare')}
          >
            Before and after
          </button>`
        : nothing}
    `;
  }

  private play() {
    const { player } = this;
    const label = player.status === 'playing' ? 'Pause' : player.atEnd ? 'Play again' : player.position > 0 ? 'Play' : 'Play the story';
    return html`<button class=${this.searching ? '' : 'primary'} id="play" ?disabled=${player.status === 'loading'} @click=${() => player.toggle()}>${label}</button>`;
  }

  private send(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-header': FlHeader;
  }
}
