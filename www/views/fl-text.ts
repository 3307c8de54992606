/** A text with line numbers, a red line where something is wrong, and words that may be meant. */

import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { complete, type Completion } from '../core/completion';
import type { Insertion } from '../core/insert';
import { base } from './base';
import { LINE, PAD, textStyles } from './edit-css';

@customElement('fl-text')
export class FlText extends LitElement {
  static override styles = [base, textStyles];

  /** The line that is wrong, from 1. */
  @property({ attribute: false }) wrong: number | null = null;
  @property({ attribute: false }) invalid = false;
  @state() private lines = 1;
  @state() private top = 0;
  @state() private left = 0;
  @state() private offered: Completion | null = null;
  /** The word that Enter takes; none before an arrow key has chosen one. */
  @state() private active = -1;
  @query('textarea') private area!: HTMLTextAreaElement;

  get value(): string {
    return this.area.value;
  }

  set value(text: string) {
    this.area.value = text;
    this.offered = null;
    this.count();
  }

  override focus(): void {
    this.area.focus();
  }

  /** The caret goes to an offset, and its line into view. */
  goTo(at: number): void {
    this.area.focus();
    this.area.setSelectionRange(at, at);
    this.area.scrollTop = (this.area.value.slice(0, at).split('\n').length - 6) * LINE;
  }

  get caret(): number {
    return this.area.selectionStart;
  }

  /** Writes something in, as if it were typed, with a part of it selected. */
  insert({ at, text, select: [from, to] }: Insertion): void {
    this.goTo(at);
    this.area.setRangeText(text, at, at, 'end');
    this.area.setSelectionRange(from, to);
    this.area.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    this.offered = null;
  }

  private count(): void {
    this.lines = this.area.value.split('\n').length;
  }

  private readonly onInput = (): void => {
    this.count();
    this.offer();
  };

  private offer(): void {
    const { value, selectionStart, selectionEnd } = this.area;
    this.offered = selectionStart === selectionEnd ? complete(value, selectionStart) : null;
    this.active = -1;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const { offered } = this;
    if (event.key === ' ' && event.ctrlKey) this.offer();
    else if (!offered || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === 'Escape') this.offered = null;
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') this.move(event.key === 'ArrowDown' ? 1 : -1, offered);
    else if (event.key === 'Tab' && !event.shiftKey) this.accept(offered, Math.max(0, this.active));
    else if (event.key === 'Enter' && this.active >= 0) this.accept(offered, this.active);
    else return;
    // Neither the dialog nor the text has the key as well.
    event.preventDefault();
    event.stopPropagation();
  };

  private move(by: number, { options }: Completion): void {
    const from = this.active < 0 && by < 0 ? 0 : this.active;
    this.active = (from + by + options.length) % options.length;
  }

  private accept({ from, options }: Completion, nth: number): void {
    this.area.setRangeText(options[nth] ?? '', from, this.area.selectionStart, 'end');
    this.offered = null;
    this.area.focus();
    this.area.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    this.offered = null;
  }

  private readonly onScroll = (): void => {
    [this.top, this.left] = [this.area.scrollTop, this.area.scrollLeft];
    this.offered = null;
  };

  override render() {
    const numbers = Array.from({ length: this.lines }, (_, nth) => nth + 1);
    const { wrong, top } = this;
    return html`<div class="text">
      <div class="gutter" aria-hidden="true"><div class="numbers" .style=${`transform: translateY(${-top}px)`}>${numbers.map((n) => html`<span class=${n === wrong ? 'bad' : ''}>${n}</span>`)}</div></div>
      <div class="paper">
        ${wrong === null ? nothing : html`<div class="line" .style=${`transform: translateY(${PAD + (wrong - 1) * LINE - top}px)`}></div>`}
        <textarea
          aria-label="Text of the scenario"
          aria-autocomplete="list"
          aria-controls="offered"
          aria-activedescendant=${this.offered && this.active >= 0 ? `word-${this.active}` : nothing}
          aria-invalid=${this.invalid ? 'true' : 'false'}
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          @input=${this.onInput}
          @keydown=${this.onKey}
          @scroll=${this.onScroll}
          @blur=${() => (this.offered = null)}
          @click=${() => (this.offered = null)}
        ></textarea>
        ${this.list()}
      </div>
      <p class="sr" role="status">${this.offered ? `${this.offered.options.length} words: Tab takes ${this.offered.options[Math.max(0, this.active)]}` : ''}</p>
    </div>`;
  }

  private list() {
    const { offered } = this;
    if (!offered) return html`<ul id="offered" role="listbox" aria-label="Words" hidden></ul>`;
    const before = this.area.value.slice(0, offered.from).split('\n');
    const x = `calc(${PAD + 4}px + ${(before.at(-1) ?? '').length}ch - ${this.left}px)`;
    const below = PAD + before.length * LINE - this.top;
    // Above the line where there is no room below it.
    const isLow = below + (offered.options.length + 1) * LINE > this.area.clientHeight;
    const y = isLow ? `calc(${below - LINE}px - 100%)` : `${below}px`;
    return html`<ul id="offered" role="listbox" aria-label="Words" .style=${`transform: translate(${x}, ${y})`}>
      ${offered.options.map(
        (word, nth) => html`<li
          id="word-${nth}"
          role="option"
          aria-selected=${nth === this.active ? 'true' : 'false'}
          @mousedown=${(event: Event) => event.preventDefault()}
          @click=${() => this.accept(offered, nth)}
        >
          ${word}${nth === Math.max(0, this.active) ? html` <kbd>Tab</kbd>` : nothing}
        </li>`,
      )}
    </ul>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-text': FlText;
  }
}
