/** The scenario's text, to be changed: what is wrong with it is said with place and remedy. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Player } from '../core/player';
import { sentence, type Problem } from '../core/problem';
import { Versions } from '../core/versions';
import { base } from './base';
import { dialogStyles } from './dialog-css';
import './fl-work';
import { marked } from './marked';
import { Observe } from './observe';

@customElement('fl-edit')
export class FlEdit extends LitElement {
  static override styles = [
    base,
    dialogStyles,
    css`
      dialog {
        width: 760px;
      }
      textarea {
        width: 100%;
        height: min(56vh, 560px);
        margin: 10px 0 8px;
        font: 12.5px/1.5 var(--mono);
        tab-size: 2;
        white-space: pre;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 8px 10px;
        background: var(--surface);
        color: var(--ink);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .space {
        flex: 1;
      }
      .wrong {
        min-height: 2.6em;
        font-size: 13px;
      }
      .muted {
        font-size: 12.5px;
      }
      fl-work {
        margin-bottom: 12px;
      }
    `,
  ];

  @property({ attribute: false }) player!: Player;
  @state() private problem: Problem | null = null;
  @state() private text = '';
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('textarea') private area!: HTMLTextAreaElement;
  private versions = new Versions('');

  constructor() {
    super();
    new Observe(this, () => this.player);
  }

  show(): void {
    if (this.dialog.open) return;
    const { source } = this.player;
    if (this.versions.present !== source) this.versions = new Versions(source);
    this.set(source);
    this.dialog.showModal();
    this.area.focus();
    this.area.setSelectionRange(0, 0);
    this.area.scrollTop = 0;
  }

  private set(text: string): void {
    this.text = text;
    this.area.value = text;
    this.problem = null;
  }

  private plays = 0;

  private async play(): Promise<void> {
    const play = ++this.plays;
    // What was wrong with another text is not wrong with this one.
    this.problem = null;
    const problem = await this.player.edit(this.text);
    if (play !== this.plays || !this.dialog.open) return;
    this.problem = problem?.stopped ? { message: 'Stopped: the run is as it was', stopped: true } : problem;
    if (this.problem) {
      this.toPlace(this.problem);
      return;
    }
    this.versions.run(this.text);
    this.dialog.close();
  }

  /** The caret goes to where something is wrong. */
  private toPlace({ line, column }: Problem): void {
    this.area.focus();
    if (line === undefined) return;
    const before = this.text.split('\n').slice(0, line - 1);
    const at = before.reduce((sum, one) => sum + one.length + 1, 0) + (column ?? 1) - 1;
    this.area.setSelectionRange(at, at);
    this.area.scrollTop = (line - 6) * 18.75;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.play();
  };

  /** While the engine is at work Escape ends that, and the dialog stays. */
  private readonly onCancel = (event: Event): void => {
    if (!this.player.work) return;
    event.preventDefault();
    this.player.stop();
  };

  private below() {
    const { problem } = this;
    if (this.player.work && this.dialog.open) return html`<fl-work .work=${this.player.work} @fl-stop=${() => this.player.stop()}></fl-work>`;
    const tone = problem?.stopped ? 'muted' : 'bad';
    return html`<p id="wrong" class="wrong" role="alert">${problem ? html`<span class=${tone}>${marked(sentence(problem))}</span>` : nothing}</p>`;
  }

  override render() {
    const own = this.player.gallerySource;
    return html`<dialog aria-labelledby="edit" @cancel=${this.onCancel}>
      <h1 id="edit">Edit the scenario</h1>
      <p class="muted">What you change here travels in the link. Ctrl+Enter plays it; Esc leaves the run as it is.</p>
      <textarea
        aria-label="Text of the scenario"
        aria-describedby="wrong"
        aria-invalid=${this.problem && !this.problem.stopped ? 'true' : 'false'}
        spellcheck="false"
        autocapitalize="off"
        @input=${() => (this.text = this.area.value)}
        @keydown=${this.onKey}
      ></textarea>
      ${this.below()}
      <div class="row">
        <button class="primary" @click=${() => void this.play()}>Play this</button>
        <button ?disabled=${!this.versions.canUndo(this.text)} @click=${() => this.set(this.versions.undo(this.text))}>Undo</button>
        <button ?disabled=${own === null || this.text === own} @click=${() => this.set(own ?? this.text)}>Reset to the gallery’s</button>
        <span class="space"></span>
        <button @click=${() => this.dialog.close()}>Close</button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-edit': FlEdit;
  }
}
