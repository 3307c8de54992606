/** Before and after: one schedule on two kernels, side by side and in step. */

import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { foremost, type Parting } from '../core/compare';
import type { Contrast } from '../core/contrast';
import type { Pair } from '../core/pair';
import type { Player } from '../core/player';
import type { Selection } from '../core/selection';
import { sentence, type Problem } from '../core/problem';
import { shownText, beforeAndAfter } from '../core/presets';
import type { Shows } from '../core/view';
import { base } from './base';
import { compareStyles } from './compare-css';
import './fl-diagram';
import './fl-lanes';
import { iconButton } from './icons';
import { marked } from './marked';
import { Model } from './model';
import { transportStyles } from './transport-css';
import { focusHeading } from './element';

type SideName = 'left' | 'right';

const LABEL: Record<SideName, string> = { left: 'Before', right: 'After' };

@customElement('fl-compare')
export class FlCompare extends LitElement {
  static override styles = [base, transportStyles, compareStyles];

  @property({ attribute: false }) pair!: Pair;
  /** The player whose scenario and schedule are compared. */
  @property({ attribute: false }) player!: Player;
  @state() private policies = { left: '', right: '' };
  /** The kernels that a link or the reader has chosen. */
  @property({ attribute: false }) chosen: Pick<Shows, 'before' | 'after'> = {};
  /** There is room for one side at a time. */
  @property({ type: Boolean }) narrow = false;
  /** The side that is seen where there is room for one. */
  @state() private seen: SideName = 'left';
  /** The places that follow from the first ones are listed too. */
  @state() private all = false;
  @query('.list') private places?: HTMLElement;
  private models!: Record<SideName, Model>;
  private stop: (() => void) | null = null;
  /** The place that the list has shown last. */
  private listed: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.models = { left: new Model(this.pair.left), right: new Model(this.pair.right) };
    this.stop = this.pair.listen(() => this.changed());
    this.policies = this.wanted;
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.pair.pause();
    // Its result is no longer wanted, and another command may wait behind it.
    this.pair.stop();
    this.stop?.();
  }

  /** The kernels to compare: the chosen ones, or those between which the fix lies. */
  private get wanted(): { left: string; right: string } {
    const { left, right } = beforeAndAfter(this.player.catalog, this.player.policy);
    return { left: this.chosen.before ?? left, right: this.chosen.after ?? right };
  }

  /** Back and Forward, or the reader, have chosen other kernels. */
  override willUpdate(changed: PropertyValues): void {
    const { left, right } = this.wanted;
    if (!changed.has('chosen') || (left === this.policies.left && right === this.policies.right)) return;
    this.policies = { left, right };
    void this.load();
  }

  private changed(): void {
    this.models.left.changed();
    this.models.right.changed();
    this.requestUpdate();
  }

  /** The list shows the present place, and moves nothing but itself for that. */
  override updated(): void {
    const { places } = this;
    const here = places?.querySelector<HTMLElement>('[aria-current="step"]');
    if (!places || !here || here === this.listed) return;
    this.listed = here;
    const [box, item] = [places.getBoundingClientRect(), here.getBoundingClientRect()];
    if (item.top < box.top) places.scrollTop -= box.top - item.top + 8;
    else if (item.bottom > box.bottom) places.scrollTop += Math.min(item.bottom - box.bottom + 8, item.top - box.top);
  }

  private async load(): Promise<void> {
    const { player, pair } = this;
    this.all = false;
    await pair.load(player.scenario, shownText(player), this.policies);
    this.models.left.reset();
    this.models.right.reset();
    this.changed();
  }

  override focus(): void {
    focusHeading(this);
  }

  override render() {
    const { pair } = this;
    const title = this.player.catalog.scenarios.find((one) => one.name === this.player.scenario)?.title;
    return html`<main @fl-select=${this.onSelect}>
      <div class="head">
        <h1 tabindex="-1">${title ?? 'Before and after'}</h1>
        <button class="leave" @click=${this.leave}>One kernel</button>
      </div>
      ${pair.error ? this.problem(pair.error) : nothing}
      ${this.narrow ? this.one() : html`<div class="sides">${this.side('left')}${this.side('right')}</div>`}
      ${this.transport()}
      ${this.list()}
    </main>`;
  }

  private problem(error: Problem) {
    return html`<div class="problem">
      ${error.stopped ? html`<p role="status">Stopped: the kernels have not been compared.</p>` : html`<p class="bad" role="alert">${marked(sentence(error))}</p>`}
      ${error.stopped ? html`<button @click=${() => void this.load()}>Try again</button>` : nothing}
    </div>`;
  }

  private side(name: SideName) {
    return html`<section aria-label=${LABEL[name]}>${this.kernel(name)} ${this.picture(name)} ${this.does(name)} ${this.lanes(name)}</section>`;
  }

  /** One side, and what both do: flipping between them shows the difference in place. */
  private one() {
    const tab = (name: SideName) => html`<button aria-pressed=${this.seen === name ? 'true' : 'false'} @click=${() => (this.seen = name)}>${LABEL[name]}</button>`;
    const { seen } = this;
    return html`
      <div class="flip"><div class="seg" role="group" aria-label="Side">${tab('left')}${tab('right')}</div>${this.kernel(seen)}</div>
      <div class="sides"><section aria-label=${LABEL[seen]}>${this.picture(seen)}</section></div>
      <div class="both">
        <div><b>Before</b> ${this.does('left')}</div>
        <div><b>After</b> ${this.does('right')}</div>
      </div>
      <section aria-label=${`Lanes, ${LABEL[seen]}`}>${this.lanes(seen)}</section>
    `;
  }

  private kernel(name: SideName) {
    const { presets } = this.player.catalog;
    const policy = this.policies[name];
    const shown = presets.some((one) => one.name === policy) ? presets : [...presets, { name: policy }];
    return html`<label class="kernel"
      >${this.narrow ? html`<span class="sr">${LABEL[name]}</span>` : html`<b>${LABEL[name]}</b>`}
      <select @change=${(event: Event) => this.change(name, (event.target as HTMLSelectElement).value)}>
        ${shown.map((one) => html`<option value=${one.name} .selected=${one.name === policy}>${one.name}</option>`)}
      </select>
    </label>`;
  }

  private picture(name: SideName) {
    if (this.pair.status === 'loading') return html`<div class="wait muted">Loading…</div>`;
    if (this.pair.status === 'failed') return html`<div class="wait muted">Nothing to compare</div>`;
    // Each side has a component of its own: what one of them last showed is not where the other's pages come from.
    return name === 'left'
      ? html`<fl-diagram .model=${this.models.left}></fl-diagram>`
      : html`<fl-diagram .model=${this.models.right}></fl-diagram>`;
  }

  /** The run in time; scrubbing in it moves both sides. */
  private lanes(name: SideName) {
    const { pair } = this;
    if (pair.status === 'loading' || pair.status === 'failed') return html`<div class="lanes"></div>`;
    const seek = (position: number): void => void pair.seek(pair.joints.findIndex((joint) => joint[name] >= position));
    return name === 'left'
      ? html`<fl-lanes class="lanes" settled .model=${this.models.left} .seek=${seek}></fl-lanes>`
      : html`<fl-lanes class="lanes" settled .model=${this.models.right} .seek=${seek}></fl-lanes>`;
  }

  private does(name: SideName) {
    const { parting, contrast, status } = this.pair;
    return html`<p class="does ${parting?.wrong[name] ? 'wrong' : ''}">
      ${parting ? this.words(parting, name, contrast) : status === 'failed' ? nothing : html`<span class="muted">Both do the same so far.</span>`}
    </p>`;
  }

  /** What a side did where they part, if it says anything, and what is now so there and not on the other side. */
  private words(parting: Parting, name: SideName, contrast: Contrast) {
    return html`${parting[name] === '' ? nothing : html`<span>${marked(parting[name])}</span>`}
      <span class="state">${contrast ? marked(`${contrast[name]}.`) : 'Both states are the same.'}</span>`;
  }

  private transport() {
    const { pair } = this;
    const playing = pair.status === 'playing';
    const { position: at, length } = pair;
    return html`<section class="transport" aria-label="Both players">
      <div class="buttons" role="group" aria-label="Transport">
        ${iconButton('start', 'Both to the start (Home)', () => void pair.seek(0), at > 0)}
        ${iconButton('back', 'Both one step back (,)', () => void pair.back(), at > 0)}
        ${iconButton(playing ? 'pause' : 'play', playing ? 'Pause both (space)' : 'Play both (space)', () => pair.toggle(), pair.status !== 'loading' && pair.status !== 'failed')}
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

  /** Where they part, in the same words as above: what tells the story, and the rest on request. */
  private list() {
    const { pair } = this;
    if (pair.status === 'loading' || pair.status === 'failed') return nothing;
    if (pair.partings.length === 0) return html`<p class="muted none">On this schedule both kernels do the same.</p>`;
    const first = foremost(pair.partings);
    const others = pair.partings.filter((one) => !first.includes(one));
    const elsewhere = pair.parting !== null && others.includes(pair.parting);
    return html`<section class="list" aria-label="Where they part" tabindex="0">
      <h2>Where they part</h2>
      <ol>${first.map((one) => this.item(one))}</ol>
      ${others.length === 0
        ? nothing
        : html`<details .open=${this.all} @toggle=${this.onMore}>
            <summary aria-current=${elsewhere && !this.all ? 'step' : 'false'}>${others.length} more ${others.length === 1 ? 'place' : 'places'}, which follow from these</summary>
            <ol>${this.all ? others.map((one) => this.item(one)) : nothing}</ol>
          </details>`}
    </section>`;
  }

  private item(one: Parting) {
    const { pair } = this;
    const first = one === pair.partings[0];
    const contrast = pair.contrastAt(one);
    return html`<li class=${first ? 'first' : ''}>
      <button aria-current=${pair.parting === one ? 'step' : 'false'} @click=${() => void pair.seek(one.to)}>
        <span class="at">${one.to}${first ? html`<small>first</small>` : nothing}</span>
        <span class=${one.wrong.left ? 'wrong' : ''}>${this.words(one, 'left', contrast)}</span>
        <span class=${one.wrong.right ? 'wrong' : ''}>${this.words(one, 'right', contrast)}</span>
      </button>
    </li>`;
  }

  private readonly onMore = (event: Event): void => {
    this.all = (event.target as HTMLDetailsElement).open;
    if (this.all) this.pair.tellApart(this.pair.partings);
  };

  private readonly leave = (): void => {
    this.dispatchEvent(new CustomEvent('fl-show', { detail: 'step', bubbles: true, composed: true }));
  };

  /** What is followed on one side is followed on the other. */
  private readonly onSelect = (event: CustomEvent<Selection | null>): void => {
    this.models.left.selection = this.models.right.selection = event.detail;
  };

  private change(name: SideName, policy: string): void {
    const { left: before, right: after }: Record<SideName, string> = { ...this.policies, [name]: policy };
    this.dispatchEvent(new CustomEvent('fl-kernels', { detail: { before, after } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-compare': FlCompare;
  }
}
