/** Which kernel runs: a point in history, and its switches one by one. */

import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { SettingInfo, SwitchInfo } from '../drivers/driver';
import { policyText, policyWith, settingsOf, switchesOf } from '../core/policy';
import { base } from './base';
import { View } from './element';

/** The switches that the fault cow race is about: these are shown at once. */
const FOREMOST = ['P01', 'P02', 'P03', 'P04', 'P06'];

@customElement('fl-kernel')
export class FlKernel extends View {
  static override styles = [
    base,
    css`
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
        margin-top: 7px;
      }
      .chip {
        border-radius: 999px;
        padding: 0 8px;
        min-height: 24px;
        font-size: 11.5px;
        color: var(--muted);
        background: none;
      }
      .chip[aria-pressed='true'] {
        border-color: var(--accent);
        color: var(--accent);
        font-weight: 600;
      }
      summary {
        margin-top: 6px;
        font-size: 12px;
        color: var(--muted);
        cursor: pointer;
      }
      label.field {
        display: flex;
        align-items: center;
        gap: 10px;
      }
      .chips + label.field {
        margin-top: 7px;
        font-size: 12px;
      }
      label.field select {
        flex: 1;
        margin: 0;
      }
      p {
        font-size: 12px;
        line-height: 1.35;
        margin-top: 4px;
      }
      @media (max-width: 760px) {
        .chip {
          min-height: 44px;
          padding: 1px 14px;
        }
      }
    `,
  ];

  override render() {
    const { player } = this.model;
    const { presets, switches, settings, defects } = player.catalog;
    const [base] = player.policy.split(',');
    const preset = presets.find((one) => one.name === base);
    const on = switchesOf(player.catalog, player.policy);
    const chip = (one: SwitchInfo) => html`<button
      class="chip"
      aria-pressed=${on.has(one.id) ? 'true' : 'false'}
      title="${one.id}: ${one.text}"
      @click=${() => this.change(policyText(player.catalog, player.policy, one.id))}
    >
      ${one.name.replaceAll('_', ' ')}
    </button>`;
    const values = settingsOf(player.catalog, player.policy);
    const picker = (one: SettingInfo) => html`<label class="field" title="${one.id}: ${one.text}"
      >${one.name.replaceAll('_', ' ')}
      <select
        @change=${(event: Event) =>
          this.change(policyWith(player.catalog, player.policy, one.id, (event.target as HTMLSelectElement).value))}
      >
        ${one.values.map(
          (value) =>
            html`<option value=${value.name} title=${value.text} .selected=${value.name === values.get(one.id)}>
              ${value.name.replaceAll('-', ' ')}
            </option>`,
        )}
      </select>
    </label>`;
    return html`
      <label class="field"
        >Kernel
        <select @change=${(event: Event) => this.change((event.target as HTMLSelectElement).value)}>
          ${presets.map((one) => html`<option value=${one.name} ?selected=${one.name === base}>${one.name}</option>`)}
        </select>
      </label>
      <p class="muted">${preset?.text}${player.policy === base ? '' : `, changed: ${player.policy.slice((base ?? '').length + 1)}`}</p>
      <div class="chips" role="group" aria-label="Switches that matter most">
        ${switches.filter((one) => FOREMOST.includes(one.id)).map(chip)}
      </div>
      <details>
        <summary>All switches</summary>
        <div class="chips" role="group" aria-label="Other switches">
          ${switches.filter((one) => !FOREMOST.includes(one.id)).map(chip)}
        </div>
        ${settings.map(picker)}
        <p class="muted">Defects that no kernel shipped:</p>
        <div class="chips" role="group" aria-label="Defects">${defects.map(chip)}</div>
      </details>
    `;
  }

  private change(policy: string): void {
    this.dispatchEvent(new CustomEvent('fl-policy', { detail: policy, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-kernel': FlKernel;
  }
}
