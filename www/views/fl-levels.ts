/** “Break it”: all levels, with how far the reader has come; or the one that is played. */

import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { LEVELS, type Level } from '../core/levels';
import type { Player } from '../core/player';
import { Progress } from '../core/progress';
import type { SearchRun } from '../core/search';
import { base } from './base';
import { focusHeading } from './element';
import './fl-level';
import { levelsStyles } from './levels-css';

@customElement('fl-levels')
export class FlLevels extends LitElement {
  static override styles = [base, levelsStyles];

  /** Plays the levels and nothing else. */
  @property({ attribute: false }) player!: Player;
  @property({ attribute: false }) search!: SearchRun;
  /** The fewest preemptions that reach the aim of each level. */
  @property({ attribute: false }) pars: Record<string, number> = {};
  /** The level that is played, by its scenario; null for the list. */
  @property({ attribute: false }) level: string | null = null;
  readonly levels = LEVELS;
  private readonly progress = new Progress(() => localStorage);

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.onKey);
  }

  override firstUpdated(): void {
    if (document.activeElement === document.body) this.focus();
  }

  override focus(): void {
    const playing = this.renderRoot.querySelector('fl-level');
    if (playing) playing.focus();
    else focusHeading(this);
  }

  /** Out of a level to the list, and out of the list to the gallery. */
  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    if (this.playing) void this.go(null);
    else this.dispatchEvent(new CustomEvent('fl-show', { detail: 'gallery', bubbles: true, composed: true }));
  };

  private get playing(): Level | null {
    return LEVELS.find((one) => one.scenario === this.level) ?? null;
  }

  private async go(level: string | null): Promise<void> {
    this.dispatchEvent(new CustomEvent('fl-level', { detail: level }));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await this.updateComplete;
    this.focus();
  }

  override render() {
    const { playing } = this;
    if (!playing) return this.list();
    const nth = LEVELS.indexOf(playing);
    return html`<fl-level
      .player=${this.player}
      .search=${this.search}
      .level=${playing}
      .nth=${nth + 1}
      .of=${LEVELS.length}
      .par=${this.pars[playing.scenario] ?? 0}
      .progress=${this.progress}
      @fl-leave=${() => void this.go(null)}
      @fl-next=${() => void this.go(LEVELS[nth + 1]?.scenario ?? null)}
    ></fl-level>`;
  }

  private list() {
    const done = LEVELS.filter((one) => this.progress.of(one.scenario)).length;
    return html`<main class="list">
      <h1 tabindex="-1">Break it</h1>
      <p class="lead">
        You are the scheduler. Each level is a kernel of its time and an aim; choose whose turn it is until it happens. Taking the turn from a task
        that could have gone on is a <b>preemption</b>: par is the fewest that a search of all orders needs. Then try it on the kernel with the fix.
      </p>
      <p class="muted">${done === 0 ? nothing : html`${done} of ${LEVELS.length} broken.`}</p>
      <ol>
        ${LEVELS.map((one, nth) => this.entry(one, nth))}
      </ol>
    </main>`;
  }

  private entry({ scenario, aim }: Level, nth: number) {
    const done = this.progress.of(scenario);
    const par = this.pars[scenario];
    return html`<li>
      <button @click=${() => void this.go(scenario)}>
        <span class="disc ${done ? 'done' : ''}" aria-hidden="true">${done ? '✓' : nth + 1}</span>
        <span class="aim"><span class="sr">Level ${nth + 1}${done ? ', done' : ''}: </span>${aim}</span>
        <span class="facts">
          <span>par ${par}</span>
          ${done ? html`<span>yours ${done.best}</span>` : nothing} ${done?.proven ? html`<span class="proven">fix proven</span>` : nothing}
        </span>
      </button>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-levels': FlLevels;
  }
}
