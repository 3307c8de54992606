/** Manual operations: fork, exit, read, write, collapse. Back undoes them. */

import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { PAGE_SIZE, vpn } from '../core/events';
import { chainOf, entryAt } from '../core/inspect';
import { sentence } from '../core/problem';
import type { Process, Scene } from '../core/scene';
import type { Operation } from '../drivers/driver';
import { base } from './base';
import { View } from './element';
import { marked } from './marked';

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
      .said {
        font-size: 12.5px;
        margin-top: 8px;
      }
    `,
  ];

  /** Why the last operation was refused, and where the reader stood then. */
  @state() private refused: { text: string; position: number; load: number } | null = null;
  /** The process that was told to exit by hand. */
  @state() private leaving: number | null = null;

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
    const act = (operation: Operation) => () => void this.act(process, operation);
    return html`
      <h2>By hand</h2>
      ${this.pickers(scene, process, address.va)}
      <div class="row">
        <button @click=${act({ op: 'load', page })}>Read <code>${va}</code></button>
        <button @click=${act({ op: 'store', page })}>Write <code>${va}</code></button>
        <button @click=${act({ op: 'fork' })}>Fork</button>
        <button @click=${act({ op: 'exit' })}>Exit</button>
        <button ?disabled=${!top} @click=${act({ op: 'collapse', page })}>
          Collapse ${top ? names.object(scene, top.id) : ''}
        </button>
      </div>
      <div role="alert">${this.refusal()}</div>
      <div role="status">${this.departure(process)}</div>
    `;
  }

  private async act(process: Process, operation: Operation): Promise<void> {
    const { player } = this.model;
    [this.refused, this.leaving] = [null, operation.op === 'exit' ? process.id : null];
    const problem = await player.perform(process.id, operation);
    if (!problem) return;
    this.leaving = null;
    this.refused = { text: sentence(problem), position: player.position, load: player.loads };
  }

  /** It is of this moment: at another one the operation may be possible. */
  private refusal() {
    const { refused } = this;
    const { position, loads } = this.model.player;
    if (refused?.position !== position || refused.load !== loads) return nothing;
    const { text } = refused;
    return html`<p class="said bad">${marked(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`)}</p>`;
  }

  /** Where other threads of a process go on, its exit is not over when the thread that called it has ended. */
  private departure(process: Process) {
    const { player, scene } = this.model;
    if (this.leaving !== process.id || player.status === 'playing' || player.isStored) return nothing;
    const { names } = player;
    const program = (id: number): number => names.names.tasks.find((one) => one.id === id)?.program.length ?? 0;
    const others = names.tasksOf(process.id).filter((id) => (scene.tasks.get(id)?.opsDone ?? 0) < program(id)).map((id) => names.task(id));
    const name = names.process(process.id);
    if (others.length === 0) return nothing;
    const they = others.length === 1 ? `thread ${others[0]} ends first; ${name} goes when it has` : `threads ${others.join(', ')} end first; ${name} goes when they have`;
    return html`<p class="said">${name}’s other ${they}.</p>`;
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
