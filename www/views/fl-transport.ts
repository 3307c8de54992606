/** Play, pause, step, back, scrub. */

import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { base } from './base';
import { View } from './element';
import { iconButton } from './icons';
import { transportStyles } from './transport-css';

@customElement('fl-transport')
export class FlTransport extends View {
  /** Focus goes to the first button that is enabled. */
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    transportStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 4px 12px;
        flex-wrap: wrap;
        font-size: 13px;
      }
      select {
        min-height: 30px;
        font-size: 12.5px;
      }
    `,
  ];

  override render() {
    const { player } = this.model;
    const playing = player.status === 'playing';
    const go = (position: number) => () => void player.seek(position);
    const more = !player.atEnd;
    const at = player.position;
    return html`
      <div class="buttons" role="group" aria-label="Transport">
        ${iconButton('start', 'To the start (Home)', go(0), at > 0)}
        ${iconButton('back', 'One step back (,)', () => void player.back(), at > 0)}
        ${iconButton(playing ? 'pause' : 'play', playing ? 'Pause (space)' : 'Play (space)', () => player.toggle(), player.status !== 'loading')}
        ${iconButton('step', 'One step (.)', () => this.step(), more)}
        ${iconButton('end', 'To the end (End)', go(player.length), at < player.length)}
      </div>
      <output aria-label="Position">step ${at} of ${player.length}${player.atEnd ? '' : player.length === at ? ' so far' : ''}</output>
      <input
        type="range"
        min="0"
        max=${player.length}
        .value=${String(at)}
        aria-label="Scrub through the run"
        aria-valuetext=${`step ${at} of ${player.length}`}
        @input=${(event: Event) => void player.seek(Number((event.target as HTMLInputElement).value))}
      />
      <select aria-label="Speed" @change=${(event: Event) => (player.speed = Number((event.target as HTMLSelectElement).value))}>
        ${[0.5, 1, 2, 4].map((speed) => html`<option value=${speed} ?selected=${speed === player.speed}>${speed}×</option>`)}
      </select>
    `;
  }

  private step(): void {
    this.model.player.pause();
    void this.model.player.step();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-transport': FlTransport;
  }
}
