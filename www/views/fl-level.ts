/** One level: the picture, whose turn it is, and beside the picture what came of it. */

import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { LevelRun } from '../core/level-run';
import type { Level } from '../core/levels';
import type { Change, Player } from '../core/player';
import { sentence } from '../core/problem';
import type { Progress } from '../core/progress';
import { kindText, type SearchRun } from '../core/search';
import { plain } from '../core/story';
import { base } from './base';
import { focusHeading } from './element';
import './fl-diagram';
import './fl-reach';
import './fl-turns';
import './fl-won';
import { levelStyles } from './levels-css';
import { marked } from './marked';
import { Model } from './model';

@customElement('fl-level')
export class FlLevel extends LitElement {
  static override styles = [base, levelStyles];

  @property({ attribute: false }) player!: Player;
  @property({ attribute: false }) search!: SearchRun;
  @property({ attribute: false }) level!: Level;
  @property({ attribute: false }) progress!: Progress;
  /** Which one it is, from 1, of how many. */
  @property({ type: Number }) nth = 1;
  @property({ type: Number }) of = 1;
  @property({ type: Number }) par = 0;
  @state() private run!: LevelRun;
  @state() private said = '';
  private model!: Model;
  private stop: (() => void) | null = null;
  private loads = -1;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.onKey);
    this.run.close();
    this.search.stop();
    this.stop?.();
  }

  override willUpdate(changed: PropertyValues): void {
    if (!this.model) {
      this.model = new Model(this.player);
      this.stop = this.player.listen((change) => this.changed(change));
    }
    if (changed.has('level')) this.begin(false);
  }

  /** Begins on the scenario's kernel, or on the one with the fix. */
  private begin(fixed: boolean): void {
    this.search.stop();
    this.model.selection = null;
    this.run = new LevelRun(this.player, this.level, fixed);
    this.said = `Level ${this.nth} of ${this.of}${fixed ? ', with the fix' : ''}. ${this.level.aim}`;
    void this.run.open();
  }

  private changed(change: Change): void {
    const { player, run } = this;
    if (this.loads !== player.loads) {
      this.loads = player.loads;
      this.model.reset();
    }
    if (change.by === 'step') {
      if (!change.step.quiet) this.said = plain(change.step.text);
      if (run.reached && !run.fixed) this.progress.reached(this.level.scenario, run.preemptions);
    }
    this.model.changed();
    this.requestUpdate();
  }

  override focus(): void {
    focusHeading(this);
  }

  /** What had the focus may be gone: the keys go on. */
  private async keep(work: Promise<unknown>): Promise<void> {
    await work;
    await this.updateComplete;
    if (!this.shadowRoot?.activeElement) this.focus();
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    const chosen = digit === undefined ? undefined : this.player.runnable[Number(digit) - 1];
    if (chosen) void this.keep(this.run.turn(chosen.task, event.shiftKey));
    else if (event.key === ',' || event.key === 'Backspace') void this.keep(this.run.undo());
    else if (event.key === 'Home') void this.keep(this.run.restart());
    else if (event.key === 'r') void this.renderRoot.querySelector('fl-reach')?.ask();
    else return;
    event.preventDefault();
  };

  private get isThere(): boolean {
    const { player, run } = this;
    return player.scenario === run.level.scenario && player.policy === run.policy;
  }

  override render() {
    const { run } = this;
    return html`<main @fl-select=${(event: CustomEvent<Model['selection']>) => (this.model.selection = event.detail)}>
      <section class="canvas" aria-label="Objects and mappings">
        ${this.isThere ? html`<fl-diagram .model=${this.model}></fl-diagram>` : this.waiting()}
      </section>
      <section class="panel" aria-label="The level">
        <p class="where muted">
          <button class="quiet" @click=${() => this.send('fl-leave')}>All levels</button>
          <span>Level ${this.nth} of ${this.of}${run.fixed ? ', with the fix' : ''} · <code>${run.policy}</code></span>
        </p>
        <h1 tabindex="-1">${this.level.aim}</h1>
        ${this.isThere ? this.play() : nothing}
      </section>
      <p class="sr" role="status">${this.said}</p>
    </main>`;
  }

  private play() {
    const { run, par } = this;
    const { reached } = run;
    const other = run.findings.find((one) => one.kind !== this.level.kind);
    return html`
      ${run.fixed ? html`<p class="muted">The same aim on the kernel with the fix. Try it, or let the search go through every order.</p>` : nothing}
      <p class="count" aria-live="polite">Preemptions: <b>${run.preemptions}</b> <span class="muted">${run.fixed ? nothing : `par ${par}`}</span></p>
      ${reached ? this.won(reached.told[0] ?? reached.detail) : this.turns()}
      ${other && !reached ? html`<p class="other" role="alert"><b>${kindText(other.kind)}</b>: ${other.told[0] ?? other.detail} That is broken too, and not yet the aim.</p>` : nothing}
      ${run.isLost ? html`<p class="other" role="status"><b>Everything has come to its end.</b> Take a turn back, or begin again.</p>` : nothing}
      <div class="row">
        <button title="Undo the last turn (,)" ?disabled=${!run.canUndo} @click=${() => void this.keep(run.undo())}>Undo</button>
        <button title="Begin again (Home)" ?disabled=${this.player.position === 0} @click=${() => void this.keep(run.restart())}>Restart</button>
        <span class="space"></span>
        <button class=${this.isProven ? 'primary' : 'quiet'} @click=${() => this.send('fl-next')}>${this.nth < this.of ? 'Next level' : 'All levels'}</button>
      </div>
      ${reached ? nothing : html`<fl-reach .run=${run} .search=${this.search} @fl-proven=${this.onProven}></fl-reach>`}
    `;
  }

  private turns() {
    return html`<fl-turns .model=${this.model} @fl-turn=${(event: CustomEvent<{ task: number; on: boolean }>) => void this.keep(this.run.turn(event.detail.task, event.detail.on))}></fl-turns>`;
  }

  private won(what: string) {
    const { run } = this;
    return html`<fl-won
      .player=${this.player}
      .what=${what}
      .took=${run.preemptions}
      .par=${this.par}
      .fixed=${run.fixed}
      @fl-fixed=${() => {
        this.begin(true);
        this.focus();
      }}
    ></fl-won>`;
  }

  /** The level is over: what comes next is the next one. */
  private get isProven(): boolean {
    return this.run.fixed && (this.progress.of(this.level.scenario)?.proven ?? false);
  }

  private readonly onProven = (): void => {
    this.progress.proven(this.level.scenario);
    this.requestUpdate();
  };

  private waiting() {
    const { error } = this.player;
    if (!error) return html`<p class="wait muted">Loading the engine…</p>`;
    return html`<div class="wait" role="alert">
      <p class=${error.stopped ? '' : 'bad'}>${marked(sentence(error))}</p>
      <button @click=${() => void this.run.open()}>Try again</button>
    </div>`;
  }

  private send(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-level': FlLevel;
  }
}
