/** Why there are chains: five parts, each with one picture, one sentence and one control. */

import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { PARTS, Chains, tally } from '../core/chains';
import { SEARCHED } from '../core/gallery';
import type { Change, Player } from '../core/player';
import { sentence } from '../core/problem';
import { base } from './base';
import { chainsStyles } from './chains-css';
import { focusHeading } from './element';
import './fl-diagram';
import { marked } from './marked';
import { Model } from './model';

const several = (n: number, one: string, more = `${one}s`): string => `${n} ${n === 1 ? one : more}`;

@customElement('fl-chains')
export class FlChains extends LitElement {
  static override styles = [base, chainsStyles];

  /** Plays this and nothing else. */
  @property({ attribute: false }) player!: Player;
  /** From 1, as the address counts. */
  @property({ type: Number }) nth = 1;
  @state() private said = '';
  @query('#control') private control?: HTMLButtonElement;
  private chains!: Chains;
  private model!: Model;
  private stop: (() => void) | null = null;
  private loads = -1;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.onKey);
    if (this.hasUpdated) this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.onKey);
    this.player.pause();
    this.chains.close();
    this.stop?.();
  }

  /** An element that stood in the document before it was defined has its properties only by its first update. */
  private begin(): void {
    this.chains = new Chains(this.player);
    this.model = new Model(this.player);
    this.stop = this.player.listen((change) => this.changed(change));
  }

  override willUpdate(changed: PropertyValues): void {
    if (!this.hasUpdated) this.begin();
    if (changed.has('nth')) void this.arrive();
  }

  override firstUpdated(): void {
    // What had the focus before has gone with the view before.
    if (document.activeElement === document.body) this.focus();
  }

  private async arrive(): Promise<void> {
    this.model.selection = null;
    await this.chains.go(this.nth - 1);
    this.say();
  }

  private say(): void {
    const { title, sentence: text } = this.chains.now;
    this.said = `${this.chains.part + 1} of ${PARTS.length}. ${title}. ${text}`;
  }

  private changed(change: Change): void {
    const { player, model, chains } = this;
    if (this.loads !== player.loads) {
      this.loads = player.loads;
      model.reset();
    }
    const followed = chains.isGoing ? null : chains.followed;
    if (change.by !== 'work') model.selection = followed;
    model.changed();
    // What a button has led to is said once it is over.
    if (change.by === 'state' && player.status === 'paused' && player.position > 0) this.said = `${chains.now.sentence} ${this.counts()}`;
    this.requestUpdate();
  }

  override focus(): void {
    focusHeading(this);
  }

  private go(part: number): void {
    if (part < 1 || part > PARTS.length) return;
    this.dispatchEvent(new CustomEvent('fl-part', { detail: part }));
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowRight') this.go(this.nth + 1);
    else if (event.key === 'ArrowLeft') this.go(this.nth - 1);
    else if (event.key === 'Escape') this.send('fl-show', 'gallery');
    else return;
    event.preventDefault();
  };

  private send(name: string, detail: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** The control: the next act, the next part, or at the end what all this leads to. */
  private readonly press = async (): Promise<void> => {
    const { chains } = this;
    if (chains.act) chains.press();
    else if (this.nth < PARTS.length) this.go(this.nth + 1);
    else this.send('fl-search-open', SEARCHED);
    await this.updateComplete;
    this.control?.focus();
  };

  private label(): string {
    const { chains } = this;
    if (chains.isGoing) return 'To its end';
    return chains.act?.label ?? (this.nth < PARTS.length ? 'Go on' : 'Find the race');
  }

  private counts(): string {
    const { processes, objects, pages } = tally(this.model.scene);
    return `${several(processes, 'process', 'processes')}, ${several(objects, 'object')}, ${several(pages, 'page')}`;
  }

  override render() {
    const { chains, player } = this;
    const { title, sentence: text } = chains.now;
    return html`<main>
      <header>
        <h1 tabindex="-1">Why there are chains</h1>
        <nav aria-label="Parts">
          ${PARTS.map((one, nth) => html`<button aria-label="${nth + 1}. ${one.title}" title=${one.title} aria-current=${nth === chains.part ? 'step' : 'false'} @click=${() => this.go(nth + 1)}>${nth + 1}</button>`)}
        </nav>
      </header>
      <figure @fl-select=${(event: CustomEvent<Model['selection']>) => (this.model.selection = event.detail)}>
        ${chains.isOpen ? html`<fl-diagram .model=${this.model}></fl-diagram>` : this.waiting()}
        <figcaption>${chains.isOpen ? this.counts() : nothing}</figcaption>
      </figure>
      <div class="words">
        <h2>${title}</h2>
        <p class="sentence">${text}</p>
      </div>
      <div class="row">
        <button ?disabled=${this.nth === 1} @click=${() => this.go(this.nth - 1)}>Back</button>
        <button class="primary" id="control" ?disabled=${player.status === 'loading' || !chains.isOpen} @click=${() => void this.press()}>${this.label()}</button>
        <button ?disabled=${this.nth === PARTS.length} @click=${() => this.go(this.nth + 1)}>Next</button>
      </div>
      <p class="sr" role="status">${this.said}</p>
    </main>`;
  }

  private waiting() {
    const { error } = this.player;
    if (!error) return html`<p class="wait muted">Loading the engine…</p>`;
    return html`<div class="wait" role="alert">
      <p class=${error.stopped ? '' : 'bad'}>${marked(sentence(error))}</p>
      <button @click=${() => void this.arrive()}>Try again</button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-chains': FlChains;
  }
}
