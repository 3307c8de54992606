/** A button that copies a link to the present state, and says so; a field to copy from where the page may not. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Player } from '../core/player';
import { selectionText, type Selection } from '../core/selection';
import { base } from './base';
import { Observe } from './observe';

@customElement('fl-copy')
export class FlCopy extends LitElement {
  static override styles = [
    base,
    css`
      button {
        width: 100%;
        white-space: nowrap;
        padding-inline: var(--pad, 11px);
      }
      p {
        font-size: 12px;
        margin-top: 6px;
      }
      input {
        width: 100%;
        font: 12px var(--mono);
        margin-top: 4px;
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 5px 8px;
        background: var(--surface);
        color: var(--ink);
      }
    `,
  ];

  @property({ attribute: false }) player!: Player;
  @property({ attribute: false }) selection: Selection | null = null;
  /** What was copied is no longer the present state once that has changed. */
  private changes = 0;
  @state() private copied: { at: number; link: string; by: 'page' | 'reader' } | null = null;
  @query('input') private field?: HTMLInputElement;

  constructor() {
    super();
    new Observe(this, () => this.player, () => this.changes++);
  }

  /** Puts a link to the present state where it can be pasted from, and says so. */
  async copy(): Promise<void> {
    this.player.pause();
    const { selection, player } = this;
    const at = this.changes;
    const part = await player.link(selection ? selectionText(selection, player.names) : undefined).catch(() => null);
    if (part === null) {
      this.say('This run is too long for a link.');
      return;
    }
    const link = `${location.origin}${location.pathname}${part}`;
    try {
      await navigator.clipboard.writeText(link);
      this.copied = { at, link, by: 'page' };
      this.say(`Link copied: step ${player.position} of ${player.scenario}, kernel ${player.policy}.`);
    } catch {
      // No permission, or no secure context: the reader copies it.
      this.copied = { at, link, by: 'reader' };
      this.say('The browser does not let the page copy. The link is in a field, selected: copy it from there.');
      await this.updateComplete;
      this.field?.select();
      this.field?.focus();
    }
  }

  private say(text: string): void {
    this.dispatchEvent(new CustomEvent('fl-said', { detail: text, bubbles: true, composed: true }));
  }

  override render() {
    const copied = this.copied?.at === this.changes ? this.copied : null;
    return html`
      <button title="Copy link (l)" aria-keyshortcuts="l" @click=${() => void this.copy()}>
        ${copied?.by === 'page' ? 'Link copied' : 'Copy link'}
      </button>
      ${copied?.by === 'reader' ? html`<p><label>Copy this link <input readonly .value=${copied.link} /></label></p>` : nothing}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-copy': FlCopy;
  }
}
