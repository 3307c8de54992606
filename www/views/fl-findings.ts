/** Findings: what is wrong, in red, announced at once. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { kinds, type Fact } from '../core/findings';
import { base } from './base';
import { View } from './element';

@customElement('fl-findings')
export class FlFindings extends View {
  static override styles = [
    base,
    css`
      :host([empty]) {
        margin-bottom: -18px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 6px;
      }
      button {
        display: block;
        width: 100%;
        text-align: left;
        background: var(--danger);
        border: 0;
        color: var(--danger-ink);
        padding: 6px 12px;
        line-height: 1.35;
        font-size: 12.5px;
        overflow-wrap: anywhere;
      }
      .slice {
        width: auto;
        margin-top: 4px;
        padding: 2px 10px;
        border: 1px solid var(--line);
        background: var(--surface);
        color: var(--ink);
      }
      .slice[aria-pressed='true'] {
        border-color: var(--accent);
        color: var(--accent);
      }
      .follows {
        margin-left: 18px;
      }
      .follows b {
        display: inline;
        font-size: inherit;
      }
      small {
        display: block;
        font-size: 11.5px;
      }
      b {
        display: block;
        font-size: 14px;
      }
    `,
  ];

  override render() {
    const found = this.model.facts;
    this.toggleAttribute('empty', found.length === 0);
    return html`<div role="alert">
      ${found.length === 0
        ? nothing
        : html`<ul aria-label="Findings">
            ${found.map((fact) => this.card(fact))}
          </ul>`}
    </div>`;
  }

  /** One fact; the properties that its checkers hold stand small below it. */
  private card(fact: Fact) {
    const { finding, at, also } = fact;
    const properties = [...new Set([finding, ...also].map((one) => one.property))];
    return html`<li class=${finding.follows === undefined ? '' : 'follows'}>
      <button @click=${() => void this.model.player.seek(at)}>
        <b>${kinds(fact).join(', ')}</b>
        ${finding.told[0] ?? finding.detail}
        ${finding.follows === undefined ? finding.told.slice(1).map((more) => html`<small>${more}</small>`) : nothing}
        <small>Step ${at}; ${properties.length === 1 ? 'property' : 'properties'} ${properties.join(', ')}</small>
      </button>
      ${finding.follows === undefined ? this.slice(at) : nothing}
    </li>`;
  }

  /** Everything else than what led to it can be put aside. */
  private slice(at: number) {
    const { player } = this.model;
    const { slice } = player;
    const isOn = slice?.at === at;
    return html`<button class="slice" aria-pressed=${isOn ? 'true' : 'false'} @click=${() => void player.lookAt(isOn ? null : at)}>
      What matters${isOn ? `: ${slice.steps.size} of ${at} steps` : ''}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-findings': FlFindings;
  }
}
