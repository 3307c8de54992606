/** The story: one paragraph for each stretch of one task, the present one marked. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { matters } from '../core/slice';
import { tense, toldAt, type Paragraph } from '../core/story';
import { base } from './base';
import { View } from './element';
import { marked } from './marked';

@customElement('fl-story')
export class FlStory extends View {
  static override styles = [
    base,
    css`
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li button {
        display: block;
        width: 100%;
        text-align: left;
        border: 0;
        border-left: 2px solid var(--line);
        border-radius: 0;
        background: none;
        color: var(--muted);
        font-size: 13px;
        line-height: 1.42;
        padding: 5px 8px 5px 12px;
      }
      li b {
        font-weight: 600;
        color: var(--ink);
      }
      .parted {
        border-left: 2px dashed var(--s-edge);
        color: var(--muted);
        font-size: 12px;
        padding: 3px 8px 3px 12px;
      }
      .now button {
        border-color: var(--accent);
        background: var(--surface);
        color: var(--ink);
      }
      .wrong button {
        border-color: var(--danger);
      }
      .wrong.now button {
        background: var(--danger-soft);
      }
      .wrong .bad b {
        color: inherit;
      }
      .done {
        color: var(--ink);
      }
      .tells {
        color: var(--ink);
        background: color-mix(in srgb, var(--accent) 16%, transparent);
        border-radius: 3px;
        box-shadow: 0 0 0 2px color-mix(in srgb, var(--accent) 16%, transparent);
      }
      .tells.bad {
        background: color-mix(in srgb, var(--danger) 20%, transparent);
        box-shadow: 0 0 0 2px color-mix(in srgb, var(--danger) 20%, transparent);
      }
      .to-come b {
        color: inherit;
      }
      /* While only what matters is looked at, the rest is small. */
      .beside {
        font-size: 11px;
        color: var(--muted);
      }
      li.beside button {
        padding-block: 1px;
        font-size: 11px;
      }
      li.beside b {
        color: inherit;
        font-weight: 400;
      }
      li {
        content-visibility: auto;
        contain-intrinsic-size: auto 44px;
      }
    `,
  ];

  /** Position of the sentence that was last brought into view. */
  private present = -1;
  /** Panel and story get their heights after the first sentence has been brought into view: then that is done again. */
  private readonly sizes = new ResizeObserver(() => this.follow());

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
    if (this.parentElement) this.sizes.observe(this.parentElement);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  override render() {
    const { player } = this.model;
    const paragraphs = player.narration;
    if (paragraphs.length === 0) return html`<p class="muted">Nothing has happened yet. Take a step, or do something by hand.</p>`;
    // A stored schedule is known to its end: the story shows what has happened, what happens now, and what is to come.
    const told = toldAt(paragraphs, player.position);
    return html`<ol aria-label="What happens">
      ${paragraphs.map((paragraph) => guard([paragraph, player.steps, player.slice, this.reach(paragraph, told)], () => this.item(paragraph, told)))}
    </ol>`;
  }

  /** How far the run has come in a paragraph: it is drawn anew only where this changes. */
  private reach({ sentences }: Paragraph, told: number): number {
    const first = sentences[0]?.at ?? 0;
    const last = sentences.at(-1)?.at ?? 0;
    return Math.max(first - 1, Math.min(told, last + 1));
  }

  private item(paragraph: Paragraph, told: number) {
    if (paragraph.sentences.length === 0) return nothing;
    const now = paragraph.sentences.some((sentence) => sentence.at === told);
    const wrong = paragraph.sentences.some((sentence) => sentence.wrong && sentence.at <= told);
    const begun = paragraph.sentences.some((sentence) => sentence.at <= told);
    const parted = this.model.player.steps.slice(paragraph.from, paragraph.to).flatMap((step) => step.parted ?? []);
    const { slice } = this.model.player;
    const beside = paragraph.sentences.every((sentence) => !matters(slice, sentence.at));
    return html`${parted.map(({ directive, why }) => html`<li class="parted">parted here from <code>${directive} (${why})</code></li>`)}
    <li class="${now ? 'now' : ''} ${wrong ? 'wrong' : ''} ${begun ? '' : 'to-come'} ${beside ? 'beside' : ''}">
      <button aria-current=${now ? 'step' : 'false'} @click=${(event: Event) => this.go(event, paragraph)}>
        <b>${paragraph.who}</b>
        ${paragraph.sentences.map((sentence) => {
          const is = tense(sentence.at, told);
          const bad = sentence.wrong && is !== 'to-come';
          return html`<span class="${is === 'now' ? 'tells' : is} ${bad ? 'bad' : ''} ${matters(slice, sentence.at) ? '' : 'beside'}" data-at=${sentence.at}>${marked(sentence.text)}</span> `;
        })}
      </button>
    </li>`;
  }

  /** To the step of the sentence that was clicked; with a key to where the paragraph begins. */
  private go(event: Event, paragraph: Paragraph): void {
    const clicked = event.composedPath().find((one) => one instanceof HTMLElement && one.dataset.at !== undefined);
    const at = clicked instanceof HTMLElement ? Number(clicked.dataset.at) : (paragraph.sentences[0]?.at ?? paragraph.from);
    void this.model.player.seek(at + 1);
  }

  override updated(): void {
    const told = toldAt(this.model.player.narration, this.model.player.position);
    if (told === this.present) return;
    this.present = told;
    this.follow();
  }

  /** What scrolls: the nearest element round the story that does. Which it is depends on the height of the screen. */
  private get panel(): Element | null {
    let one = this.parentElement;
    while (one && !/auto|scroll/.test(getComputedStyle(one).overflowY)) one = one.parentElement;
    return one;
  }

  /** Keeps the sentence that is being told in the middle third of the panel. */
  private follow(): void {
    const now = this.renderRoot.querySelector('.tells');
    const { panel } = this;
    // On a phone the diagram stays in sight instead, with the sentence below it.
    if (!now || !panel || innerWidth <= 760) return;
    const [here, room] = [now.getBoundingClientRect(), panel.getBoundingClientRect()];
    // Not by `scrollIntoView`, which would move the page as well.
    const isInMiddle = here.top >= room.top + room.height / 3 && here.bottom <= room.bottom - room.height / 3;
    if (!isInMiddle) panel.scrollTop += (here.top + here.bottom) / 2 - (room.top + room.bottom) / 2;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-story': FlStory;
  }
}
