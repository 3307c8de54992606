/** What leaves the page and what comes in: a link to the present state, and the scenario's text. */

import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Player } from '../core/player';
import type { Selection } from '../core/selection';
import { base } from './base';
import './fl-copy';
import type { FlCopy } from './fl-copy';
import './fl-edit';
import type { FlEdit } from './fl-edit';
import { Observe } from './observe';

@customElement('fl-share')
export class FlShare extends LitElement {
  static override styles = [
    base,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .row > * {
        flex: 1;
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) player!: Player;
  @property({ attribute: false }) selection: Selection | null = null;
  @query('fl-copy') private copier!: FlCopy;
  @query('fl-edit') private editor!: FlEdit;

  constructor() {
    super();
    new Observe(this, () => this.player);
  }

  copy(): Promise<void> {
    return this.copier.copy();
  }

  edit(): void {
    this.player.pause();
    this.editor.show();
  }

  override render() {
    return html`
      <div class="row">
        <fl-copy .player=${this.player} .selection=${this.selection}></fl-copy>
        <button title="Edit the scenario (e)" aria-keyshortcuts="e" @click=${() => this.edit()}>
          ${this.player.edited ? 'Edited scenario…' : 'Edit scenario…'}
        </button>
      </div>
      <fl-edit .player=${this.player}></fl-edit>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-share': FlShare;
  }
}
