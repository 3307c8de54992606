/** Asks the search: is the aim still reachable from here? And with the fix: is there any way at all? */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LevelRun } from '../core/level-run';
import { count, type SearchRun } from '../core/search';
import type { SearchRequest } from '../drivers/search/types';
import { base } from './base';
import { Observe } from './observe';

/** The question, and the moment of which it was asked. */
interface Asked {
  steps: unknown;
  position: number;
  whole: boolean;
}

@customElement('fl-reach')
export class FlReach extends LitElement {
  static override styles = [
    base,
    css`
      button {
        width: 100%;
        min-height: 44px;
      }
      p {
        margin-top: 8px;
        font-size: 13px;
      }
      .proof {
        color: var(--accent);
        font-weight: 600;
        font-size: 16px;
      }
      .held {
        display: flex;
        gap: 8px;
        margin-top: 8px;
      }
    `,
  ];

  @property({ attribute: false }) run!: LevelRun;
  @property({ attribute: false }) search!: SearchRun;
  @state() private asked: Asked | null = null;

  constructor() {
    super();
    new Observe(this, () => this.search, () => this.heard());
    new Observe(this, () => this.run?.player);
  }

  private heard(): void {
    const { result, status } = this.search;
    if (this.asked?.whole && status === 'done' && result?.verdict === 'complete') this.dispatchEvent(new CustomEvent('fl-proven'));
  }

  /** With the fix all of it is searched, whatever has been played; without it what can follow the present step. */
  async ask(): Promise<void> {
    const { player, level, fixed, policy } = this.run;
    if (this.search.isGoing || player.scenario === '') return;
    const { steps, position } = player;
    const from = fixed || position === 0 ? null : await player.choices();
    this.asked = { steps, position, whole: fixed };
    const request: SearchRequest = {
      scenario: player.source,
      policy,
      strategy: 'exhaustive',
      shrink: false,
      // A proof leaves nothing out; without the fix only the aim counts.
      kind: fixed ? 'any' : level.kind,
      ...(from === null ? {} : { from }),
    };
    await this.search.start(request, `${level.scenario} under ${policy}`, level.scenario);
  }

  /** The answer is about the moment at which it was asked. */
  private get isOfNow(): boolean {
    const { asked } = this;
    const { steps, position } = this.run.player;
    return asked !== null && asked.whole === this.run.fixed && (asked.whole || (asked.steps === steps && asked.position === position));
  }

  override render() {
    const { fixed, player } = this.run;
    const going = this.search.isGoing && this.asked !== null;
    return html`
      <button title="Ask the search (r)" ?disabled=${going || (!fixed && player.runnable.length === 0)} @click=${() => void this.ask()}>
        ${fixed ? 'Search every order for a way' : 'Is a finding still reachable from here?'}
      </button>
      <div role="status">${this.answer()}</div>
      ${going ? html`<div class="held"><button @click=${() => this.search.stop()}>Stop</button></div>` : nothing}
    `;
  }

  private answer() {
    const { search } = this;
    if (!this.isOfNow) return nothing;
    if (search.isGoing) return html`<p class="muted">Searching: ${count(search.progress?.states ?? 0)} states so far…</p>`;
    if (search.error !== null) return html`<p class="bad">${search.error}</p>`;
    const { result } = search;
    if (!result || result.verdict === 'stopped') return html`<p class="muted">Stopped: nothing established.</p>`;
    if (this.run.fixed) return this.verdict(result.verdict, result.states);
    if (result.verdict === 'found') return html`<p><b>Yes.</b> Some order of the steps from here leads to it.</p>`;
    if (result.verdict === 'complete') return html`<p><b>No.</b> However it goes on, it does not happen any more. Take a turn back.</p>`;
    return html`<p class="muted">${result.text}.</p>`;
  }

  private verdict(verdict: string, states: number) {
    if (verdict === 'complete') {
      return html`<p class="proof">Proven: nothing breaks in any interleaving</p>
        <p>With the fix no order of the steps leads to the aim, nor to anything else that is wrong. ${count(states)} states, all of them seen.</p>`;
    }
    if (verdict === 'found') return html`<p class="bad">There is a way, even so.</p>`;
    return html`<p class="muted">No way was found, which is no proof.</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-reach': FlReach;
  }
}
