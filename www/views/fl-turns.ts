/** Whose turn it is: each task that can go on, with what it is about to do. What a stored schedule would do is not shown. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { SET_UP } from '../core/names';
import { plain } from '../core/story';
import { base } from './base';
import { View } from './element';
import { Hints } from './hints';
import { marked } from './marked';

@customElement('fl-turns')
export class FlTurns extends View {
  static override styles = [
    base,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 6px;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 6px;
        align-items: stretch;
      }
      .step {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 8px;
        align-items: center;
        text-align: left;
        line-height: 1.35;
        min-height: 44px;
      }
      kbd {
        font: 11px var(--mono);
        color: var(--muted);
        border: 1px solid var(--line);
        border-radius: 4px;
        text-align: center;
      }
      small {
        display: block;
        font-size: 12.5px;
        color: var(--muted);
      }
      .on {
        font-size: 13px;
        min-height: 44px;
      }
      .still {
        grid-column: 1 / -1;
        padding: 5px 11px 5px 39px;
        border-radius: 8px;
        font-size: 13px;
      }
      .asleep {
        background: repeating-linear-gradient(-45deg, transparent 0 6px, var(--hair) 6px 8px);
      }
      p {
        font-size: 12.5px;
        margin-top: 8px;
      }
    `,
  ];

  private readonly hints = new Hints(this, () => this.model.player);

  override render() {
    const { player, scene } = this.model;
    const runnable = player.runnable.map((one) => one.task);
    const others = player.names.names.tasks.map((one) => one.id).filter((id) => id !== SET_UP && !runnable.includes(id) && scene.tasks.has(id));
    return html`<ul aria-label="Whose turn is it?">
        ${runnable.map((task, nth) => this.row(task, nth))} ${others.map((task) => this.still(task))}
      </ul>
      <p class="muted">A click or the number lets a task take one step. <i>Go on</i>, or Shift with the number, lets it run until it waits or ends.</p>`;
  }

  private row(task: number, nth: number) {
    const name = this.model.player.names.task(task);
    const hint = this.hints.get(task);
    const send = (on: boolean) => () => this.dispatchEvent(new CustomEvent('fl-turn', { detail: { task, on }, bubbles: true, composed: true }));
    return html`<li>
      <button class="step" aria-label="Let ${name} take a step" aria-description=${plain(hint ?? '')} @click=${send(false)}>
        ${nth < 9 ? html`<kbd aria-hidden="true">${nth + 1}</kbd>` : html`<span></span>`}
        <span><b>${name}</b> <small>${hint === undefined ? nothing : marked(hint)}</small></span>
      </button>
      <button class="on" aria-label="Let ${name} go on until it waits or ends" @click=${send(true)}>Go on</button>
    </li>`;
  }

  private still(id: number) {
    const { player, scene } = this.model;
    const waits = scene.tasks.get(id)?.waits;
    return html`<li><span class="still muted ${waits ? 'asleep' : ''}"><b>${player.names.task(id)}</b> ${waits ? html`waits for ${marked(waits.words)}` : 'has ended'}</span></li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-turns': FlTurns;
  }
}
