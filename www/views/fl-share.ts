/** What leaves the page and what comes in: a link to the present state, and the scenario's text. */

import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { base } from './base';
import './fl-copy';
import type { FlCopy } from './fl-copy';
import './fl-edit';
import type { FlEdit } from './fl-edit';
import './fl-save';
import type { Model } from './model';
import { Observe } from './observe';
import type { Size } from './picture';

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
      /* Three side by side in the column of the story, which is the narrower the higher this is. */
      @container page (min-width: 1181px) {
        .row {
          flex-wrap: nowrap;
          gap: 6px;
          --pad: 6px;
          font-size: 12.5px;
        }
        .row > button {
          padding-inline: var(--pad);
        }
      }
    `,
  ];

  @property({ attribute: false }) model!: Model;
  /** How large the picture is on the page. */
  @property({ attribute: false }) canvas!: () => Size;
  @query('fl-copy') private copier!: FlCopy;
  @query('fl-edit') private editor!: FlEdit;

  constructor() {
    super();
    new Observe(this, () => this.model);
  }

  copy(): Promise<void> {
    return this.copier.copy();
  }

  edit(): void {
    this.model.player.pause();
    this.editor.show();
  }

  override render() {
    const { player, selection } = this.model;
    return html`
      <div class="row">
        <fl-copy .player=${player} .selection=${selection}></fl-copy>
        <button title="Edit the scenario (e)" aria-keyshortcuts="e" @click=${() => this.edit()}>
          ${player.edited ? 'Edited scenario…' : 'Edit scenario…'}
        </button>
        <fl-save .model=${this.model} .canvas=${this.canvas}></fl-save>
      </div>
      <fl-edit .player=${player}></fl-edit>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-share': FlShare;
  }
}
