/** The story: one paragraph for each stretch of one task, the present one marked. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Paragraph } from '../core/story';
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
    `,
  ];

  private present: Element | null = null;

  override render() {
    const { player } = this.model;
    const paragraphs = player.narration;
    if (paragraphs.length === 0) return html`<p class="muted">Nothing has happened yet. Take a step, or do something by hand.</p>`;
    // A stored schedule is known to its end: the story shows what has happened, and what is next.
    const at = player.position;
    // A stretch in which nothing worth telling happens still belongs to the paragraph before it.
    const now = paragraphs.findLast((paragraph) => at > paragraph.from && paragraph.sentences.length > 0);
    return html`<ol aria-label="What happens">
      ${paragraphs.map((paragraph) => this.item(paragraph, at, paragraph === now))}
    </ol>`;
  }

  private item(paragraph: Paragraph, at: number, now: boolean) {
    if (paragraph.sentences.length === 0) return nothing;
    const reached = paragraph.wrong && at >= paragraph.to - 1;
    const parted = this.model.player.steps.slice(paragraph.from, paragraph.to).flatMap((step) => step.parted ?? []);
    return html`${parted.map(({ directive, why }) => html`<li class="parted">parted here from <code>${directive} (${why})</code></li>`)}
    <li class="${now ? 'now' : ''} ${paragraph.wrong && (reached || now) ? 'wrong' : ''}">
      <button aria-current=${now ? 'step' : 'false'} @click=${() => this.go(paragraph)}>
        <b>${paragraph.who}</b>
        ${paragraph.sentences.map(
          (sentence) => html`<span class=${sentence.wrong && at > sentence.at ? 'bad' : ''}>${marked(sentence.text)}</span> `,
        )}
      </button>
    </li>`;
  }

  private go(paragraph: Paragraph): void {
    void this.model.player.seek(paragraph.to);
  }

  override updated(): void {
    const now = this.renderRoot.querySelector('.now');
    if (!now || now === this.present) return;
    this.present = now;
    // On a phone the diagram stays in sight instead.
    if (innerWidth > 760) now.scrollIntoView({ block: 'nearest' });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-story': FlStory;
  }
}
