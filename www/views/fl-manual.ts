/** Manual operations: fork, exit, read, write, collapse. Back undoes them. */

import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { PAGE_SIZE, vpn } from '../core/events';
import { entryAt } from '../core/inspect';
import type { Process, Scene } from '../core/scene';
import { base } from './base';
import { View } from './element';
import './fl-acts';

const OFFERS = ['load', 'store', 'fork', 'exit', 'collapse'] as const;

@customElement('fl-manual')
export class FlManual extends View {
  static override styles = [
    base,
    css`
      .pick {
        display: flex;
        gap: 8px;
        margin-bottom: 10px;
      }
      .pick label {
        flex: 1;
      }
      .pick select {
        width: 100%;
      }
    `,
  ];

  override render() {
    const { address, scene } = this.model;
    const process = address ? scene.processes.get(address.process) : undefined;
    if (!address || !process || process.exited) return html`<p class="muted">No process to act for.</p>`;
    return html`
      <h2>By hand</h2>
      ${this.pickers(scene, process, address.va)}
      <fl-acts .model=${this.model} .process=${process} .va=${address.va} .offers=${OFFERS}></fl-acts>
    `;
  }

  private pickers(scene: Scene, process: Process, va: number) {
    const { names } = this.model.player;
    const living = [...scene.processes.values()].filter((one) => !one.exited);
    const pages: number[] = [];
    for (const view of scene.spaces.get(process.space)?.entries.values() ?? []) {
      for (let at = view.start; at < view.end && pages.length < 64; at += PAGE_SIZE) pages.push(at);
    }
    const first = (space: number): number => [...(scene.spaces.get(space)?.entries.values() ?? [])][0]?.start ?? va;
    const select = (to: { process: number; va: number }): void => {
      this.dispatchEvent(new CustomEvent('fl-select', { detail: to, bubbles: true, composed: true }));
    };
    const pickProcess = (event: Event): void => {
      const id = Number((event.target as HTMLSelectElement).value);
      const space = scene.processes.get(id)?.space ?? 0;
      select({ process: id, va: entryAt(scene, space, va) ? va : first(space) });
    };
    const pickPage = (event: Event): void => {
      select({ process: process.id, va: Number((event.target as HTMLSelectElement).value) });
    };
    return html`<div class="pick">
      <label class="field"
        >Process
        <select @change=${pickProcess}>
          ${living.map((one) => html`<option value=${one.id} ?selected=${one.id === process.id}>${names.process(one.id)}</option>`)}
        </select>
      </label>
      <label class="field"
        >Page
        <select @change=${pickPage}>
          ${pages.sort((a, b) => a - b).map((at) => html`<option value=${at} ?selected=${vpn(at) === vpn(va)}>${names.address(at)}</option>`)}
        </select>
      </label>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-manual': FlManual;
  }
}
