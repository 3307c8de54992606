/** Buttons for what a reader may do by hand to a process, an address or an object; what is refused says so below them. */

import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { chainOf, entryAt } from '../core/inspect';
import { sentence } from '../core/problem';
import type { Process } from '../core/scene';
import type { Operation } from '../drivers/driver';
import { base } from './base';
import { View } from './element';
import { marked } from './marked';

type Act = Operation['op'];

@customElement('fl-acts')
export class FlActs extends View {
  static override styles = [
    base,
    css`
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

  /** Who does it. */
  @property({ attribute: false }) process!: Process;
  /** The address concerned. */
  @property({ attribute: false }) va = 0;
  /** What is offered, in this order. */
  @property({ attribute: false }) offers: readonly Act[] = [];
  /** Why the last operation was refused, and where the reader stood then. */
  @state() private refused: { text: string; position: number; load: number } | null = null;
  /** The process that was told to exit by hand. */
  @state() private leaving: number | null = null;

  override render() {
    return html`
      <div class="row">${this.offers.map((act) => this.button(act))}</div>
      <div role="alert">${this.refusal()}</div>
      <div role="status">${this.departure()}</div>
    `;
  }

  private button(act: Act) {
    const { scene, player } = this.model;
    const { names } = player;
    const page = names.pageNumber(this.va);
    const va = html`<code>${names.address(this.va)}</code>`;
    const perform = (operation: Operation) => () => void this.act(operation);
    switch (act) {
      case 'load':
        return html`<button @click=${perform({ op: 'load', page })}>Read ${va}</button>`;
      case 'store':
        return html`<button @click=${perform({ op: 'store', page })}>Write ${va}</button>`;
      case 'fork':
        return html`<button @click=${perform({ op: 'fork' })}>Fork</button>`;
      case 'exit':
        return html`<button @click=${perform({ op: 'exit' })}>Exit</button>`;
      case 'collapse': {
        const view = entryAt(scene, this.process.space, this.va);
        const top = view ? chainOf(scene, view)[0] : undefined;
        return html`<button ?disabled=${!top} @click=${perform({ op: 'collapse', page })}>Collapse ${top ? names.object(scene, top.id) : ''}</button>`;
      }
    }
  }

  private async act(operation: Operation): Promise<void> {
    const { player } = this.model;
    [this.refused, this.leaving] = [null, operation.op === 'exit' ? this.process.id : null];
    const problem = await player.perform(this.process.id, operation);
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
  private departure() {
    const { player, scene } = this.model;
    const { id } = this.process;
    if (this.leaving !== id || player.status === 'playing' || player.isStored) return nothing;
    const { names } = player;
    const program = (task: number): number => names.names.tasks.find((one) => one.id === task)?.program.length ?? 0;
    const others = names.tasksOf(id).filter((task) => (scene.tasks.get(task)?.opsDone ?? 0) < program(task)).map((task) => names.task(task));
    const name = names.process(id);
    if (others.length === 0) return nothing;
    const they = others.length === 1 ? `thread ${others[0]} ends first; ${name} goes when it has` : `threads ${others.join(', ')} end first; ${name} goes when they have`;
    return html`<p class="said">${name}’s other ${they}.</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-acts': FlActs;
  }
}
