/** Which switches matter for the scenario on the screen: a search with every set of them, and what each has led to. */

import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { MOST, type Attempt, type FixSearch } from '../core/fixes';
import { count } from '../core/search';
import { base } from './base';
import { View } from './element';
import { Observe } from './observe';

/** A set as it is read: with a real minus. */
const said = ({ switches }: Pick<Attempt, 'switches'>): string => switches.map((one) => one.replace('-', '−')).join(' with ');

@customElement('fl-fixes')
export class FlFixes extends View {
  static override styles = [
    base,
    css`
      :host {
        border: 1px solid var(--line);
        border-radius: 10px;
        padding: 12px 14px;
        margin: 12px 0 4px;
      }
      h3 {
        font-size: 13px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 8px;
        align-items: center;
      }
      p {
        margin-top: 6px;
      }
      details {
        margin-top: 8px;
      }
      progress {
        width: 100%;
        margin-top: 8px;
        accent-color: var(--accent);
      }
      .matters {
        list-style: none;
        padding: 0;
        margin: 8px 0 0;
        display: grid;
        gap: 6px;
      }
      .matters li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 10px;
        border-left: 3px solid var(--accent);
        padding-left: 10px;
      }
      .matters li.breaks {
        border-color: var(--danger);
      }
      .matters small {
        display: block;
        color: var(--muted);
        font-size: 12.5px;
      }
      .all {
        max-height: 190px;
        overflow: auto;
        margin-top: 8px;
      }
      td:last-child,
      th:last-child {
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      td {
        white-space: nowrap;
      }
      td:nth-child(2) {
        white-space: normal;
        width: 60%;
      }
      .proof {
        color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) fixes!: FixSearch;

  constructor() {
    super();
    new Observe(this, () => this.fixes);
  }

  /** What stands here is about another scenario or kernel. */
  private get isElsewhere(): boolean {
    const { fixes } = this;
    const { source, policy } = this.model.player;
    return fixes.status !== 'idle' && (fixes.source !== source || fixes.policy !== policy);
  }

  override render() {
    const { fixes } = this;
    return html`
      <h3>Which of them matter?</h3>
      <p class="muted">Turns over every switch alone, then every two, and searches every interleaving with each of these kernels.</p>
      ${this.controls()}
      ${fixes.status === 'idle' ? nothing : html`${this.about()} ${this.progress()} ${this.matters()} ${this.table()}`}
    `;
  }

  private controls() {
    const { fixes } = this;
    const { player } = this.model;
    // One button that stays: what has the focus does not go.
    const press = () => (fixes.isGoing ? fixes.toggle() : void fixes.start(player.catalog, player));
    const begin = `Search all sets${fixes.status === 'idle' ? '' : ' again'}`;
    return html`<div class="row">
      <button id="all-sets" ?disabled=${player.scenario === ''} @click=${press}>${fixes.status === 'running' ? 'Pause' : fixes.status === 'paused' ? 'Resume' : begin}</button>
      <button ?disabled=${!fixes.isGoing} @click=${() => fixes.stop()}>Stop</button>
      ${this.isElsewhere ? html`<span class="muted">Below: ${fixes.scenario} under ${fixes.policy}.</span>` : nothing}
    </div>`;
  }

  private about() {
    const { base, error, scenario, policy } = this.fixes;
    if (error !== null) return html`<p class="bad" role="alert">${error}</p>`;
    if (!base) return nothing;
    if (base.how === 'found') return html`<p><b>${scenario}</b> under <b>${policy}</b> breaks: ${base.words}.</p>`;
    if (base.how === 'complete') return html`<p><b>${scenario}</b> under <b>${policy}</b>: nothing breaks in any interleaving. What would break it?</p>`;
    return html`<p>Too large: even of ${policy} itself it is not known whether anything breaks, so no set can be told from it.</p>`;
  }

  private progress() {
    const { now, status, tried, implied } = this.fixes;
    if (now) {
      const what = now.switches.length === 0 ? 'the kernel as it is' : now.switches.length === 1 ? `switch ${now.nth} of ${now.of}` : `pair ${now.nth} of ${now.of}`;
      return html`<progress aria-label="Sets of this size" max=${now.of} .value=${now.nth - 1}></progress>
        <p class="muted">${status === 'paused' ? 'Paused at' : 'Searching'} ${what}${now.switches.length === 0 ? nothing : html`: <code>${said(now)}</code>`}, ${count(now.states)} states so far</p>`;
    }
    const how = status === 'stopped' ? 'Stopped' : 'Done';
    return html`<p class="muted" role="status">${how}: ${count(tried.length)} sets of up to ${MOST} switches${implied === 0 ? '' : `; ${count(implied)} more contain one that is enough`}.</p>`;
  }

  private matters() {
    const { base, matters, status } = this.fixes;
    if (!base) return nothing;
    if (matters.length === 0) return status === 'done' ? html`<p><b>No set of up to ${MOST} switches makes a difference.</b></p>` : nothing;
    const fixed = base.how === 'found';
    return html`<ul class="matters" aria-label=${fixed ? 'Sets that fix it' : 'Sets that break it'}>
      ${matters.map((one) => html`<li class=${fixed ? '' : 'breaks'}>
        <span><b>${said(one)}</b> ${fixed ? 'fixes it' : html`breaks it: ${one.words}`}
          <small>${one.switches.map((id) => this.sentence(id)).join('; ')}</small></span>
        <button ?disabled=${this.model.player.policy === one.policy} aria-label="Use the kernel ${one.policy}" @click=${() => this.use(one.policy)}>Use</button>
      </li>`)}
    </ul>`;
  }

  private sentence(signed: string): string {
    const { switches, defects } = this.model.player.catalog;
    const text = [...switches, ...defects].find((one) => one.id === signed.slice(1))?.text ?? '';
    return signed.startsWith('-') ? `no longer: ${text}` : text;
  }

  private use(detail: string): void {
    this.dispatchEvent(new CustomEvent('fl-policy', { detail, bubbles: true, composed: true }));
  }

  private table() {
    const { tried } = this.fixes;
    if (tried.length === 0) return nothing;
    return html`<details open>
      <summary>All ${count(tried.length)} sets${this.fixes.status === 'done' ? '' : ' so far'}</summary>
      <div class="all" tabindex="0" role="region" aria-label="All sets">
        <table>
          <thead><tr><th scope="col">set</th><th scope="col">verdict</th><th scope="col">states</th></tr></thead>
          <tbody>${[...tried].reverse().map((one) => html`<tr><td>${said(one)}</td><td>${verdict(one)}</td><td>${one.how === 'illegal' ? '' : count(one.states)}</td></tr>`)}</tbody>
        </table>
      </div>
    </details>`;
  }
}

function verdict({ how, words }: Attempt) {
  if (how === 'found') return `breaks: ${words}`;
  if (how === 'complete') return html`<span class="proof">proven: nothing breaks</span>`;
  if (how === 'illegal') return html`<span class="muted">no kernel: ${words}</span>`;
  return html`<span class="muted">not decided</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-fixes': FlFixes;
  }
}
