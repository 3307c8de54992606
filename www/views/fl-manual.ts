/** Manual operations: fork, exit, read, write, collapse. Back undoes them. */

import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { PAGE_SIZE, vpn } from '../core/events';
import { chainOf, entryAt } from '../core/inspect';
import type { Process, Scene } from '../core/scene';
import type { Operation } from '../drivers/driver';
import { base } from './base';
import { View } from './element';

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
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      button {
        font-size: 13px;
      }
    `,
  ];

  override render() {
    const address = this.model.address;
    const { scene, player } = this.model;
    const { names } = player;
    const process = address ? scene.processes.get(address.process) : undefined;
    if (!address || !process || process.exited) return html`<p class="muted">No process to act for.</p>`;
    const va = names.address(address.va);
    const page = names.pageNumber(address.va);
    const view = entryAt(scene, process.space, address.va);
    const top = view ? chainOf(scene, view)[0] : undefined;
    // The scenario has to have a name for what it collapses, or the object must have been there at the beginning.
    const known = top !== undefined && (!/^o\d+$/.test(names.object(scene, top.id)) || top.born < player.setup.count);
    const act = (operation: Operation) => () => void player.perform(process.id, operation);
    return html`
      <h2>By hand</h2>
      ${this.pickers(scene, process, address.va)}
      <div class="row">
        <button @click=${act({ op: 'load', page })}>Read <code>${va}</code></button>
        <button @click=${act({ op: 'store', page })}>Write <code>${va}</code></button>
        <button @click=${act({ op: 'fork' })}>Fork</button>
        <button @click=${act({ op: 'exit' })}>Exit</button>
        <button
          ?disabled=${!known}
          title=${known ? '' : 'Works for objects that the scenario names or that were there at the beginning'}
          @click=${top ? act({ op: 'collapse', object: names.object(scene, top.id) }) : null}>
          Collapse ${top ? names.object(scene, top.id) : ''}
        </button>
      </div>
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
