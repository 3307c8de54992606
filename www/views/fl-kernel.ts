/** Which kernel runs: a point in history, and its switches one by one, each with what it does. */

import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FixSearch } from '../core/fixes';
import type { SettingInfo, SwitchInfo } from '../drivers/driver';
import { policyText, policyWith, settingsOf, switchesOf } from '../core/policy';
import { base } from './base';
import { View } from './element';
import { Observe } from './observe';

/** The switches that the fault cow race is about: these come first. */
const FOREMOST = ['P01', 'P02', 'P03', 'P04', 'P06'];

@customElement('fl-kernel')
export class FlKernel extends View {
  static override styles = [
    base,
    css`
      :host {
        min-width: 0;
      }
      .line {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      label.field {
        display: flex;
        align-items: center;
        gap: 8px;
        flex: 1;
        min-width: 0;
      }
      label.field select {
        flex: 1;
        min-width: 0;
        margin: 0;
      }
      .changed {
        font-size: 12px;
        margin-top: 4px;
        overflow-wrap: anywhere;
      }
      [popover] {
        position: fixed;
        inset: auto auto 12px 12px;
        width: min(620px, calc(100vw - 24px));
        max-height: min(76dvh, 720px);
        overflow: auto;
        margin: 0;
        padding: 16px 20px 18px;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        color: var(--ink);
        box-shadow: 0 12px 40px rgb(0 0 0 / 24%);
        font-size: 13px;
      }
      .head {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 12px;
      }
      h2 {
        font-size: 15px;
        margin: 0;
      }
      h3 {
        font-size: 13px;
        margin: 16px 0 4px;
      }
      .switch {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 8px;
        padding: 6px 0;
        border-bottom: 1px solid var(--hair);
        cursor: pointer;
      }
      .switch input {
        margin: 3px 0 0;
        width: 16px;
        height: 16px;
        accent-color: var(--accent);
      }
      .switch b {
        font-weight: 600;
      }
      .switch small,
      .setting small {
        display: block;
        font-size: 12.5px;
        color: var(--muted);
      }
      .matter {
        color: var(--accent);
        font-weight: 600;
        font-size: 12.5px;
      }
      .matter.breaks {
        color: var(--danger);
      }
      .setting {
        padding: 6px 0;
      }
      @media (max-width: 760px) {
        .switch {
          min-height: 44px;
        }
      }
    `,
  ];

  /** What turns over sets of switches and searches with each. */
  @property({ attribute: false }) fixes!: FixSearch;

  constructor() {
    super();
    new Observe(this, () => this.fixes);
  }

  /** The search of sets is loaded with the first look at the switches; one that is not visible is stopped. */
  private readonly onToggle = (event: ToggleEvent): void => {
    if (event.newState === 'closed') this.fixes.stop();
    else void import('./fl-fixes');
  };

  override render() {
    const { player } = this.model;
    const { presets, switches, settings, defects } = player.catalog;
    const [base = ''] = player.policy.split(',');
    const preset = presets.find((one) => one.name === base);
    const changes = player.policy.slice(base.length + 1);
    const on = switchesOf(player.catalog, player.policy);
    const among = (which: boolean) => switches.filter((one) => FOREMOST.includes(one.id) === which).map((one) => this.switch(one, on.has(one.id)));
    return html`
      <div class="line">
        <label class="field"
          >Kernel
          <select @change=${(event: Event) => this.change((event.target as HTMLSelectElement).value)}>
            ${presets.map((one) => html`<option value=${one.name} .selected=${one.name === base}>${one.name}</option>`)}
          </select>
        </label>
        <button popovertarget="switches">Switches</button>
      </div>
      ${changes === '' ? nothing : html`<p class="changed muted">changed: <code>${changes}</code></p>`}
      <div id="switches" popover role="dialog" aria-labelledby="title" @toggle=${this.onToggle}>
        <div class="head">
          <h2 id="title">Kernel ${player.policy}</h2>
          <button class="quiet" popovertarget="switches" popovertargetaction="hide" aria-label="Close the switches">✕</button>
        </div>
        <p class="muted">${preset?.text}${changes === '' ? '' : '; changed as below'}. A switch is one difference between kernels; what you choose is part of the link.</p>
        <fl-fixes .model=${this.model} .fixes=${this.fixes}></fl-fixes>
        <h3>What the race is about</h3>
        ${among(true)}
        <h3>Other switches</h3>
        ${among(false)} ${settings.map((one) => this.setting(one))}
        <h3>Defects that no kernel shipped, or that were fixed before</h3>
        ${defects.map((one) => this.switch(one, on.has(one.id)))}
      </div>
    `;
  }

  private switch({ id, name, text }: SwitchInfo, isOn: boolean) {
    const { player } = this.model;
    return html`<label class="switch">
      <input type="checkbox" .checked=${isOn} @change=${() => this.change(policyText(player.catalog, player.policy, id))} />
      <span><b>${name.replaceAll('_', ' ')}</b> <code>${id}</code>${this.alone(id)}<small>${text}</small></span>
    </label>`;
  }

  /** What the search says of it alone, where it makes a difference. */
  private alone(id: string) {
    const { fixes } = this;
    const { source, policy } = this.model.player;
    const known = fixes.alone(id, source, policy);
    if (!known || !fixes.matters.includes(known)) return nothing;
    return html` <span class="matter ${known.how === 'found' ? 'breaks' : ''}">${known.how === 'found' ? `turned over, it breaks: ${known.words}` : 'turned over, it fixes this'}</span>`;
  }

  private setting({ id, name, text, values }: SettingInfo) {
    const { player } = this.model;
    const now = settingsOf(player.catalog, player.policy).get(id);
    const choose = (event: Event): void => this.change(policyWith(player.catalog, player.policy, id, (event.target as HTMLSelectElement).value));
    return html`<div class="setting">
      <label class="field"
        ><span><b>${name.replaceAll('_', ' ')}</b> <code>${id}</code></span>
        <select @change=${choose}>
          ${values.map((value) => html`<option value=${value.name} .selected=${value.name === now}>${value.name.replaceAll('-', ' ')}</option>`)}
        </select>
      </label>
      <small>${text}. ${values.map((value) => `${value.name.replaceAll('-', ' ')}: ${value.text}`).join('; ')}.</small>
    </div>`;
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
