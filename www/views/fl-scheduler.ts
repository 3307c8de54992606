/** You are the scheduler: take over, choose who goes next, go back to what was left. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Branch } from '../core/branches';
import { base } from './base';
import { View } from './element';

@customElement('fl-scheduler')
export class FlScheduler extends View {
  static override styles = [
    base,
    css`
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 10px;
      }
      .head h2 {
        margin: 0;
      }
      .head button {
        font-size: 12.5px;
        min-height: 28px;
        padding: 2px 10px;
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        color: var(--accent);
        font-weight: 600;
      }
      p {
        font-size: 12.5px;
        line-height: 1.4;
        margin-top: 6px;
      }
      .reach {
        margin-top: 8px;
        font-size: 12.5px;
      }
      h3 {
        font-size: 12.5px;
        margin: 10px 0 4px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 3px;
      }
      li button {
        width: 100%;
        text-align: left;
        font-size: 12.5px;
        line-height: 1.35;
        min-height: 28px;
        padding: 3px 8px;
      }
      @media (max-width: 760px) {
        .head button,
        li button {
          min-height: 44px;
        }
      }
    `,
  ];

  override render() {
    const { model } = this;
    const { branches } = model.player;
    return html`
      <div class="head">
        <h2>${model.takeover ? 'You are the scheduler' : 'Tasks'}</h2>
        <button aria-pressed=${model.takeover ? 'true' : 'false'} title="Take over (t)" @click=${this.toggle}>
          ${model.takeover ? 'Hand back' : 'Take over here'}
        </button>
      </div>
      ${model.takeover
        ? html`<p class="muted">Choose who goes next, by click or by number. What is ahead stays until you choose another way, and then waits below.</p>
            <button class="reach" title="Search from here on (r)" ?disabled=${!model.player.isUnderWay} @click=${() => this.send('fl-reachable')}>Is a finding still reachable from here?</button>`
        : nothing}
      ${branches.length > 0
        ? html`<h3>Other ways</h3>
            <ul aria-label="Other ways">
              ${branches.map((branch) => html`<li><button @click=${() => void model.player.take(branch)}>${this.words(branch)}</button></li>`)}
            </ul>`
        : nothing}
    `;
  }

  private words({ at, task, length, finding }: Branch) {
    const { names } = this.model.player;
    const way = task === null ? `stops at step ${at}` : `from step ${at} ${names.task(task)} goes on`;
    return html`${way}, ${length} steps${finding ? html`, <b class="bad">${finding.replaceAll('-', ' ')}</b>` : ''}`;
  }

  private readonly toggle = (): void => {
    this.send('fl-takeover');
  };

  private send(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-scheduler': FlScheduler;
  }
}
