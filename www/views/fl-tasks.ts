/** Who is where, holds what and waits for what; a task that can run is a button that lets it run. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { SET_UP } from '../core/names';
import type { Task } from '../core/scene';
import { task as taskOf } from '../core/scene';
import { base } from './base';
import { View } from './element';
import { Hints } from './hints';
import { marked } from './marked';

@customElement('fl-tasks')
export class FlTasks extends View {
  static override styles = [
    base,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 3px;
      }
      li > button,
      li > div {
        display: grid;
        grid-template-columns: 22px minmax(34px, max-content) 1fr;
        gap: 2px 6px;
        align-items: baseline;
        width: 100%;
        text-align: left;
        padding: 2px 8px;
        min-height: 28px;
        border: 1px solid transparent;
        border-radius: 8px;
        font-size: 12.5px;
        line-height: 1.4;
      }
      li > button {
        border-color: var(--line);
      }
      @media (max-width: 760px) {
        li > button {
          min-height: 44px;
          align-content: center;
        }
      }
      .next > button {
        border-color: var(--accent);
        box-shadow: inset 3px 0 0 var(--accent);
      }
      .asleep > div {
        background: repeating-linear-gradient(-45deg, transparent 0 6px, var(--hair) 6px 8px);
      }
      kbd {
        font: 11px var(--mono);
        color: var(--muted);
        border: 1px solid var(--line);
        border-radius: 4px;
        text-align: center;
      }
      .where {
        color: var(--muted);
      }
      .held {
        color: var(--busy);
        font-weight: 600;
      }
      .hint {
        color: var(--ink);
      }
      small {
        display: block;
        font-size: 12px;
      }
    `,
  ];

  private readonly hints = new Hints(this, () => this.model.player, () => this.model.takeover);

  override render() {
    const { player } = this.model;
    const scene = this.model.scene;
    const ids = player.names.names.tasks.filter((one) => one.id !== SET_UP).map((one) => one.id);
    const runnable = player.runnable;
    const next = player.steps[player.position]?.task ?? (runnable.length === 1 ? runnable[0]?.task : undefined);
    // A child's task is there once its parent has forked it.
    const shown = ids.filter((id) => this.isBorn(id) || runnable.some((one) => one.task === id));
    if (shown.length === 0) return html`<p class="muted">No task yet.</p>`;
    return html`<ul>
      ${shown.map((id) => this.row(taskOf(scene, id), runnable.findIndex((one) => one.task === id), id === next))}
    </ul>`;
  }

  private isBorn(id: number): boolean {
    const process = this.model.player.names.processOfTask(id);
    return process === null || this.model.scene.processes.has(process);
  }

  private row(task: Task, nth: number, next: boolean) {
    const { player } = this.model;
    const name = player.names.task(task.id);
    const body = html`
      ${nth >= 0 && nth < 9 ? html`<kbd aria-hidden="true">${nth + 1}</kbd>` : html`<span></span>`}
      <b>${name}</b>
      <span>${this.where(task, nth)}${this.held(task)}${nth >= 0 ? this.hint(task) : nothing}</span>
    `;
    if (nth < 0) return html`<li class=${task.waits ? 'asleep' : ''}><div>${body}</div></li>`;
    return html`<li class=${next ? 'next' : ''}>
      <button aria-label=${`Let ${name} go on`} aria-description=${this.plain(task)} @click=${() => this.choose(task.id)}>${body}</button>
    </li>`;
  }

  private hint(task: Task) {
    const text = this.model.takeover ? this.hints.get(task.id) : undefined;
    return text === undefined ? nothing : html`<small class="hint">${marked(text)}</small>`;
  }

  private plain(task: Task): string {
    const next = this.model.takeover ? this.hints.get(task.id) : undefined;
    return task.waits ? 'asleep' : (next ?? `before ${this.label(task)}`).replace(/[*`]/g, '');
  }

  private label(task: Task): string {
    const { player } = this.model;
    return player.runnable.find((one) => one.task === task.id)?.at ?? task.at;
  }

  private where(task: Task, nth: number) {
    const { names } = this.model.player;
    if (task.waits) {
      return html`<span class="where">asleep on ${marked(task.waits.words)}</span>`;
    }
    const program = names.names.tasks.find((one) => one.id === task.id)?.program.length ?? 0;
    if (nth < 0) return html`<span class="where">${task.opsDone >= program ? 'done' : 'not yet begun'}</span>`;
    const op = names.operation(task.id, task.op ?? task.opsDone);
    if (this.label(task) === 'begin') return html`<span class="where">${op ? html`<code>${op}</code>` : 'ready'}</span>`;
    return html`<span class="where">${op ? html`<code>${op}</code>, ` : nothing}before <code>${this.label(task)}</code></span>`;
  }

  private held(task: Task) {
    const { names } = this.model.player;
    const { scene } = this.model;
    const pages = [...scene.frames.values()]
      .filter((frame) => frame.use !== 'free' && frame.busy.busy === 'exclusive' && frame.busy.owner === task.id)
      .map((frame) => names.page(frame));
    const locks = task.holds.map((held) => `${held.words}${held.mode === 'read' ? ' (read)' : ''}`);
    if (pages.length + locks.length === 0) return nothing;
    return html`<small>
      ${pages.length > 0 ? html`<span class="held">busy: ${pages.join(', ')}</span>` : nothing}
      ${locks.length > 0 ? html`locks: ${locks.join(', ')}` : nothing}
    </small>`;
  }

  private choose(id: number): void {
    this.model.player.pause();
    void this.model.player.step(id);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-tasks': FlTasks;
  }
}
