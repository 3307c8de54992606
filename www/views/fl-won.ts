/** The aim is reached: what broke, with how many preemptions, the link to pass on, and what comes next. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Player } from '../core/player';
import { base } from './base';
import './fl-copy';
import { marked } from './marked';

@customElement('fl-won')
export class FlWon extends LitElement {
  static override styles = [
    base,
    css`
      .won {
        display: grid;
        gap: 10px;
        border: 1px solid var(--line);
        border-left: 4px solid var(--danger);
        border-radius: 10px;
        background: var(--surface);
        padding: 14px 16px;
      }
      h2 {
        font-size: 19px;
        margin: 0;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .row > * {
        flex: 1 1 140px;
      }
      button {
        min-height: 44px;
      }
      a {
        color: var(--ink);
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 5px 8px;
        white-space: nowrap;
        text-align: center;
        text-decoration: none;
      }
      a:hover {
        border-color: var(--s-edge);
      }
      @media (pointer: coarse) {
        a {
          padding: 11px 8px;
        }
      }
    `,
  ];

  @property({ attribute: false }) player!: Player;
  /** The finding in words. */
  @property({ attribute: false }) what = '';
  @property({ type: Number }) took = 0;
  @property({ type: Number }) par = 0;
  /** Reached in spite of the fix. */
  @property({ type: Boolean }) fixed = false;
  /** The link to this moment, once the engine has said it. */
  @property({ attribute: false }) link: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.ask();
  }

  override firstUpdated(): void {
    void this.ask();
  }

  private async ask(): Promise<void> {
    this.link = await this.player.link().catch(() => null);
  }

  private judged(): string {
    const many = `${this.took} ${this.took === 1 ? 'preemption' : 'preemptions'}`;
    if (this.took <= this.par) return `You took ${many}: there is no way with fewer.`;
    return `You took ${many}; it can be done with ${this.par}.`;
  }

  override render() {
    return html`<div class="won">
      <div role="alert"><h2>Broken</h2></div>
      <p>${marked(this.what)}</p>
      <p><b>${this.judged()}</b></p>
      ${this.fixed ? nothing : html`<button class="primary" id="fixed" @click=${() => this.dispatchEvent(new CustomEvent('fl-fixed'))}>Now break it under the fix</button>`}
      <div class="row">
        <fl-copy .player=${this.player}></fl-copy>
        ${this.link === null ? nothing : html`<a id="opens" href=${this.link}>See it in the player</a>`}
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-won': FlWon;
  }
}
