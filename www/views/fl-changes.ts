/** What the step that led here changed, in fields: two of them, and the others on request. */

import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { changes, facts, inWords, told, type Change } from '../core/changes';
import { base } from './base';
import { View } from './element';

/** Changes that are shown without being asked for. */
const SHOWN = 2;

@customElement('fl-changes')
export class FlChanges extends View {
  static override styles = [
    base,
    css`
      :host {
        container-type: inline-size;
        font-size: 12.5px;
        color: var(--muted);
      }
      /* Folded it has one height whatever a step changed: nothing around it moves. */
      .row {
        display: flex;
        gap: 0 14px;
        height: 24px;
      }
      @container (max-width: 560px) {
        .row {
          flex-wrap: wrap;
          height: 48px;
        }
        /* Beside the second there is room for the button. */
        .row li {
          max-width: calc(100% - 110px);
        }
      }
      ul {
        display: contents;
        list-style: none;
      }
      li {
        min-width: 0;
        line-height: 24px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      b {
        font-weight: 600;
        color: var(--ink);
      }
      button {
        flex: none;
        height: 24px;
        min-height: 24px;
        padding: 0 6px;
        border: 0;
        background: none;
        color: var(--accent);
        font-size: 12.5px;
      }
      .row.open {
        flex-wrap: wrap;
        height: auto;
        max-height: 120px;
        overflow-y: auto;
      }
      .row.open li {
        max-width: 100%;
        white-space: normal;
      }
    `,
  ];

  /** All of them are shown, from step to step, until the reader folds them again. */
  @state() private open = false;
  private known: { steps: unknown; at: number; made: Change[] } | null = null;

  override render() {
    const { made } = this;
    const more = made.length - SHOWN;
    return html`<div class=${this.open && more > 0 ? 'row open' : 'row'}>
      <ul role="list" aria-label="What this step changed">
        ${(this.open ? made : made.slice(0, SHOWN)).map((one) => html`<li><b>${one.thing}</b>${one.field === 'exists' ? ' ' : ': '}${inWords(one)}</li>`)}
      </ul>
      ${more > 0
        ? html`<button type="button" aria-expanded=${this.open} @click=${() => (this.open = !this.open)}>${this.open ? 'Show fewer' : `and ${more} more`}</button>`
        : nothing}
    </div>`;
  }

  /** The changes of the present step: worked out once for a position. */
  private get made(): Change[] {
    const { player } = this.model;
    const { steps, position: at } = player;
    if (this.known?.steps !== steps || this.known.at !== at) {
      const [before, after] = at === 0 ? [] : [facts(player.sceneAt(at - 1), player.names), facts(this.model.scene, player.names)];
      this.known = { steps, at, made: before && after ? told(changes(before, after)) : [] };
    }
    return this.known.made;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-changes': FlChanges;
  }
}
