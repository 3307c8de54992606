/** The picker of scenarios. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Player } from '../core/player';
import { base } from './base';
import { Observe } from './observe';

@customElement('fl-scenarios')
export class FlScenarios extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        min-width: 0;
      }
      label.field {
        display: flex;
        align-items: center;
        gap: 8px;
        font-size: 13px;
        min-width: 0;
      }
      label.field select {
        flex: 1;
        margin: 0;
        max-width: 340px;
        min-width: 0;
        text-overflow: ellipsis;
      }
      @media (max-width: 980px) and (min-width: 761px) {
        span {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) player!: Player;

  constructor() {
    super();
    new Observe(this, () => this.player);
  }

  override render() {
    const { catalog, scenario, edited, info } = this.player;
    const title = info?.title === '' ? 'untitled' : info?.title;
    return html`<label class="field"
      ><span>Scenario</span>
      <select aria-label="Scenario" @change=${this.pick}>
        ${scenario === '' ? html`<option value="" .selected=${true}>Nothing is loaded</option>` : nothing}
        ${edited ? html`<option value="" .selected=${true}>${scenario}: ${title} (not the gallery’s)</option>` : nothing}
        ${catalog.scenarios.map((one) => html`<option value=${one.name} .selected=${!edited && one.name === scenario}>${one.name}: ${one.title}</option>`)}
      </select>
    </label>`;
  }

  private readonly pick = (event: Event): void => {
    const detail = (event.target as HTMLSelectElement).value;
    // What is on the screen already.
    if (detail === '') return;
    this.dispatchEvent(new CustomEvent('fl-pick', { detail, bubbles: true, composed: true }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-scenarios': FlScenarios;
  }
}
