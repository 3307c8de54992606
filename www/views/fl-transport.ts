/** Play, pause, step, back, scrub. */

import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { previousBeat, score, type Mark } from '../core/beats';
import { base } from './base';
import { View } from './element';
import './fl-changes';
import { iconButton } from './icons';
import { SPEEDS } from './keys';
import { marked } from './marked';
import { sourcePlace, sourcePlaceStyles } from './source-place';
import { transportStyles } from './transport-css';

@customElement('fl-transport')
export class FlTransport extends View {
  /** Focus goes to the first button that is enabled. */
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    transportStyles,
    sourcePlaceStyles,
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
      .idle {
        min-height: 30px;
        font-size: 12.5px;
        padding: 3px 9px;
        color: var(--muted);
      }
      .idle[aria-pressed='true'] {
        border-color: var(--accent);
        color: var(--accent);
      }
      .bar {
        position: relative;
        flex: 1 1 140px;
        min-width: 100px;
        display: grid;
      }
      .bar input {
        min-width: 0;
        width: 100%;
        margin: 0;
      }
      .marks {
        position: absolute;
        inset: 0 8px;
        width: calc(100% - 16px);
        height: 100%;
        pointer-events: none;
        overflow: visible;
      }
      .marks .stretch {
        stroke: var(--muted);
        stroke-width: 1;
      }
      .marks .parting {
        stroke: var(--s-edge);
        stroke-width: 2;
      }
      .marks .finding {
        stroke: var(--danger);
        stroke-width: 3;
      }
      .did {
        flex: 1 0 100%;
        display: flex;
        align-items: baseline;
        gap: 12px;
        margin: 0;
        height: 20px;
        font-size: 13px;
        color: var(--muted);
      }
      .did > span:first-child {
        min-width: 0;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      fl-changes {
        flex: 1 0 100%;
        margin-top: -4px;
      }
      .did.says {
        color: var(--ink);
      }
      @container page (max-width: 760px) {
        .did {
          flex-direction: column;
          gap: 0;
          height: 4.35em;
          overflow: hidden;
        }
        .did > span:first-child {
          white-space: normal;
          flex: 0 1 auto;
        }
        select {
          margin-left: auto;
        }
        output,
        .bar {
          order: 1;
        }
        .did {
          order: 2;
        }
      }
    `,
  ];

  /** Where room is scarce what a step changed, and where it stands in the source, is shown elsewhere. */
  @property({ type: Boolean }) compact = false;

  override render() {
    const { player } = this.model;
    const playing = player.status === 'playing';
    const go = (position: number) => () => void player.seek(position);
    const more = !player.atEnd;
    const at = player.position;
    const { beats, marks } = score(player.steps, player.narration);
    const step = player.steps[at - 1];
    return html`
      <div class="buttons" role="group" aria-label="Transport">
        ${iconButton('start', 'To the start (Home)', go(0), at > 0)}
        ${iconButton('back', 'To the beat before (,)', go(previousBeat(player)), at > 0)}
        ${iconButton(playing ? 'pause' : 'play', playing ? 'Pause (space)' : 'Play (space)', () => player.toggle(), player.status !== 'loading')}
        ${iconButton('step', 'To the next beat (.)', () => this.beat(), more)}
        ${iconButton('end', 'To the end (End)', go(player.length), at < player.length)}
      </div>
      <output aria-label="Position"
        >beat ${beats[at] ?? 0} of ${beats.at(-1) ?? 0} · step ${at} of ${player.length}${player.atEnd ? '' : player.length === at ? ' so far' : ''}</output
      >
      <span class="bar">
        <input
          type="range"
          min="0"
          max=${player.length}
          .value=${String(at)}
          aria-label="Scrub through the run"
          aria-valuetext=${`step ${at} of ${player.length}`}
          @input=${(event: Event) => void player.seek(Number((event.target as HTMLInputElement).value))}
        />
        <svg class="marks" aria-hidden="true">${guard([marks], () => marks.map((mark) => this.mark(mark, player.length)))}</svg>
      </span>
      <select aria-label="Speed" @change=${(event: Event) => player.setSpeed(Number((event.target as HTMLSelectElement).value))}>
        ${SPEEDS.map((speed) => html`<option value=${speed} .selected=${speed === player.speed}>${speed}×</option>`)}
      </select>
      ${this.compact ? nothing : this.idle()}
      <p class="did ${step && !step.quiet ? 'says' : ''}">
        <span>${step ? marked(step.text) : 'Before the first step.'}</span>${this.compact ? nothing : sourcePlace(step?.place ?? null)}
      </p>
      ${this.compact ? nothing : html`<fl-changes .model=${this.model}></fl-changes>`}
    `;
  }

  private idle() {
    const { player } = this.model;
    return html`<button class="idle" aria-pressed=${player.skipIdle ? 'true' : 'false'} title="Play stretches that say nothing new eight times as fast" @click=${() => player.setSpeed(player.speed, !player.skipIdle)}>
        skip idle
      </button>`;
  }

  /** Below the knob's way: stretches of the story low, what is found over the whole height. */
  private mark({ at, kind }: Mark, length: number) {
    const x = `${(100 * at) / length}%`;
    return svg`<line class=${kind} x1=${x} x2=${x} y1=${kind === 'stretch' ? '80%' : '15%'} y2="98%"></line>`;
  }

  private beat(): void {
    this.model.player.pause();
    void this.model.player.beat();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-transport': FlTransport;
  }
}
