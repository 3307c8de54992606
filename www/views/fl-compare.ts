/** Before and after: one schedule on two kernels, side by side and in step. */

import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Parting } from '../core/compare';
import type { Pair } from '../core/pair';
import type { Player } from '../core/player';
import { shownText, sides } from '../core/sides';
import { base } from './base';
import { compareStyles } from './compare-css';
import './fl-strata';
import { iconButton } from './icons';
import { marked } from './marked';
import { Model } from './model';

type SideName = 'left' | 'right';

@customElement('fl-compare')
export class FlCompare extends LitElement {
  static override styles = [base, compareStyles];

  @property({ attribute: false }) pair!: Pair;
  /** The player whose scenario and schedule are compared. */
  @property({ attribute: false }) player!: Player;
  @state() private tick = 0;
  @state() private policies = { left: '', right: '' };
  private models!: Record<SideName, Model>;
  private stop: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.models = { left: new Model(this.pair.left), right: new Model(this.pair.right) };
    this.stop = this.pair.listen(() => this.tick++);
    this.policies = sides(this.player.catalog, this.player.policy);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.pair.pause();
    this.stop?.();
  }

  private async load(): Promise<void> {
    const { player, pair } = this;
    await pair.load(player.scenario, shownText(player), this.policies);
    this.models.left.reset();
    this.models.right.reset();
    this.tick++;
  }

  override render() {
    const { pair } = this;
    const title = this.player.catalog.scenarios.find((one) => one.name === this.player.scenario)?.title;
    return html`<main>
      <h1>${title ?? 'Before and after'}</h1>
      ${pair.error ? html`<p class="bad" role="alert">${pair.error.message} ${pair.error.remedy ?? ''}</p>` : nothing}
      <div class="sides">${this.side('left', 'Before')}${this.side('right', 'After')}</div>
      ${this.transport()}
      ${this.list()}
    </main>`;
  }

  private side(name: SideName, label: string) {
    const { parting } = this.pair;
    const { presets } = this.player.catalog;
    const policy = this.policies[name];
    const shown = presets.some((one) => one.name === policy) ? presets : [...presets, { name: policy }];
    return html`<section aria-label=${label}>
      <label class="kernel"
        ><b>${label}</b>
        <select @change=${(event: Event) => this.change(name, (event.target as HTMLSelectElement).value)}>
          ${shown.map((one) => html`<option value=${one.name} ?selected=${one.name === policy}>${one.name}</option>`)}
        </select>
      </label>
      ${this.pair.status === 'loading' ? html`<div class="wait muted">Loading…</div>` : html`<fl-strata .model=${this.models[name]} .tick=${this.tick}></fl-strata>`}
      <p class="does ${parting?.wrong[name] ? 'wrong' : ''}">${parting ? this.words(parting, name) : html`<span class="muted">Both do the same so far.</span>`}</p>
    </section>`;
  }

  private words(parting: Parting, name: SideName) {
    return parting[name] === '' ? html`<span class="muted">It does nothing of the kind.</span>` : marked(parting[name]);
  }

  private transport() {
    const { pair } = this;
    const playing = pair.status === 'playing';
    const { position: at, length } = pair;
    return html`<section class="transport" aria-label="Both players">
      <div class="buttons" role="group" aria-label="Transport">
        ${iconButton('start', 'Both to the start (Home)', () => void pair.seek(0), at > 0)}
        ${iconButton('back', 'Both one step back (,)', () => void pair.back(), at > 0)}
        ${iconButton(playing ? 'pause' : 'play', playing ? 'Pause both (space)' : 'Play both (space)', () => pair.toggle(), pair.status !== 'loading')}
        ${iconButton('step', 'Both one step (.)', () => void pair.step(), at < length)}
        ${iconButton('end', 'Both to the end (End)', () => void pair.seek(length), at < length)}
      </div>
      <output aria-label="Joint position">step ${at} of ${length}</output>
      <input
        type="range"
        min="0"
        max=${length}
        .value=${String(at)}
        aria-label="Scrub both"
        @input=${(event: Event) => void pair.seek(Number((event.target as HTMLInputElement).value))}
      />
      <button ?disabled=${pair.partings.length === 0} @click=${() => void pair.next()}>Where they part (n)</button>
    </section>`;
  }

  /** All partings: the same words as above, one after the other. */
  private list() {
    const { pair } = this;
    if (pair.status === 'loading') return nothing;
    if (pair.partings.length === 0) return html`<p class="muted none">On this schedule both kernels do the same.</p>`;
    return html`<section class="list" aria-label="Where they part">
      <h2>Where they part</h2>
      <ol>
        ${pair.partings.map(
          (one) => html`<li>
            <button aria-current=${pair.parting === one ? 'step' : 'false'} @click=${() => void pair.seek(one.to)}>
              <span>${one.to}</span>
              <span class=${one.wrong.left ? 'wrong' : ''}>${this.words(one, 'left')}</span>
              <span class=${one.wrong.right ? 'wrong' : ''}>${this.words(one, 'right')}</span>
            </button>
          </li>`,
        )}
      </ol>
    </section>`;
  }

  private change(name: SideName, policy: string): void {
    this.policies = { ...this.policies, [name]: policy };
    void this.load();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-compare': FlCompare;
  }
}
