/** The scenario's text, to be changed: what it leads to, or what is wrong with it, is said while it is written. */

import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Drafts } from '../core/drafts';
import type { Player } from '../core/player';
import { sentence, type Problem } from '../core/problem';
import { insertion, type Snippet } from '../core/insert';
import { offset, suggestion } from '../core/suggestion';
import type { Trial } from '../core/trial';
import { Versions } from '../core/versions';
import { base } from './base';
import { dialogStyles } from './dialog-css';
import { editStyles } from './edit-css';
import './fl-text';
import type { FlText } from './fl-text';
import './fl-film';
import './fl-work';
import { marked } from './marked';
import { Observe } from './observe';

@customElement('fl-edit')
export class FlEdit extends LitElement {
  static override styles = [base, dialogStyles, editStyles];

  @property({ attribute: false }) player!: Player;
  @state() private problem: Problem | null = null;
  @state() private text = '';
  /** What stands here was written before, and never played. */
  @state() private isDraft = false;
  @state() private trial: Trial | null = null;
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('fl-text') private area!: FlText;
  private versions = new Versions('');
  private readonly drafts = new Drafts();

  constructor() {
    super();
    new Observe(this, () => this.player);
    new Observe(this, () => this.trial ?? undefined);
  }

  show(): void {
    if (this.dialog.open) return;
    const { source } = this.player;
    if (this.versions.present !== source) this.versions = new Versions(source);
    this.trial ??= this.player.trial();
    const draft = this.drafts.of(source);
    this.set(draft ?? source);
    this.isDraft = draft !== null;
    this.dialog.showModal();
    this.area.goTo(0);
  }

  private set(text: string): void {
    this.text = text;
    this.area.value = text;
    this.problem = null;
    this.isDraft = false;
    this.trial?.write(text, this.player.policy);
  }

  private plays = 0;

  private async play(): Promise<void> {
    const play = ++this.plays;
    // What was wrong with another text is not wrong with this one.
    this.problem = null;
    this.trial?.drop();
    const before = this.player.source;
    const problem = await this.player.edit(this.text);
    if (play !== this.plays || !this.dialog.open) return;
    this.problem = problem?.stopped ? { message: 'Stopped: the run is as it was', stopped: true } : problem;
    if (this.problem) {
      this.toPlace(this.problem);
      return;
    }
    this.versions.run(this.text);
    this.drafts.discard(before);
    this.dialog.close();
    this.player.play();
  }

  /** The caret goes to where something is wrong. */
  private toPlace({ line, column }: Problem): void {
    if (line === undefined) this.area.focus();
    else this.area.goTo(offset(this.text, line, column));
  }

  private readonly onWrite = (): void => {
    this.text = this.area.value;
    this.problem = null;
    this.trial?.write(this.text, this.player.policy);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.play();
  };

  /** While the engine is at work Escape ends that, and the dialog stays. */
  private readonly onCancel = (event: Event): void => {
    if (!this.player.work) return;
    event.preventDefault();
    this.player.stop();
  };

  /** What was written stays, to be gone on with. */
  private readonly onClose = (): void => {
    this.trial?.drop();
    this.drafts.keep(this.player.source, this.text);
  };

  private discard(): void {
    this.drafts.discard(this.player.source);
    this.set(this.player.source);
  }

  /** What is wrong: with what was played, or with what has been written since. */
  private get wrong(): Problem | null {
    return this.problem ?? this.trial?.problem ?? null;
  }

  private below() {
    const { problem } = this;
    if (this.player.work && this.dialog.open) return html`<fl-work .work=${this.player.work} @fl-stop=${() => this.player.stop()}></fl-work>`;
    const tone = problem?.stopped ? 'muted' : 'bad';
    return html`<div class="said">
      <p id="wrong" class="wrong" role="alert">${problem ? html`<span class=${tone}>${marked(sentence(problem))}</span>` : nothing}</p>
      <div role="status">${problem ? nothing : this.outcome()}</div>
      ${this.meant()}
    </div>`;
  }

  /** What the text that is being written leads to. */
  private outcome() {
    const { outcome, problem, pending } = this.trial ?? {};
    if (problem) return html`<p class="bad">${marked(sentence(problem))}</p>`;
    if (!outcome) return pending ? html`<p class="muted">Trying it…</p>` : nothing;
    const { steps, finding, at, film } = outcome;
    const ends = finding ? html`<b class="bad">${finding.kind.replaceAll('-', ' ')}</b> ${at === 0 ? 'in the set-up' : `at step ${at}`}` : 'nothing breaks';
    return html`<div class="outcome ${pending ? 'old' : ''}">
      <fl-film .film=${film}></fl-film>
      <p>${steps} steps under ${this.player.policy}: ${ends}.</p>
    </div>`;
  }

  private meant() {
    const found = this.wrong ? suggestion(this.text, this.wrong) : null;
    if (!found) return nothing;
    return html`<button @click=${() => this.mend(found)}>Write <code>${found.meant}</code> instead of <code>${found.wrong}</code></button>`;
  }

  private mend({ meant, from, to }: { meant: string; from: number; to: number }): void {
    this.set(this.text.slice(0, from) + meant + this.text.slice(to));
    this.area.goTo(from + meant.length);
  }

  /** At a place where it may stand, with what is to be written over selected. */
  private insert(what: Snippet): void {
    this.area.insert(insertion(this.text, this.area.caret, what));
  }

  private inserts() {
    const button = (what: Snippet, label: string) => html`<button @click=${() => this.insert(what)}>${label}</button>`;
    return html`<div class="inserts" role="group" aria-label="Insert">
      <span class="muted">Insert</span> ${button('task', 'task')} ${button('fork', 'fork')} ${button('expect', 'expect')}
    </div>`;
  }

  override render() {
    const own = this.player.gallerySource;
    const { wrong } = this;
    return html`<dialog aria-labelledby="edit" @cancel=${this.onCancel} @close=${this.onClose}>
      <h1 id="edit">Edit the scenario</h1>
      <p class="muted hint">
        What you change here travels in the link. Ctrl+Enter plays it; Esc leaves the run as it is, and keeps what you wrote.
        <a href="scenarios.html" target="_blank" rel="noopener">The format of scenarios</a>
      </p>
      ${this.isDraft
        ? html`<p class="draft" role="status"><span>These are your changes from before, which were not played.</span> <button @click=${() => this.discard()}>Discard changes</button></p>`
        : nothing}
      ${this.inserts()}
      <fl-text .wrong=${wrong && !wrong.stopped ? (wrong.line ?? null) : null} .invalid=${wrong !== null && !wrong.stopped} @input=${this.onWrite} @keydown=${this.onKey}></fl-text>
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
