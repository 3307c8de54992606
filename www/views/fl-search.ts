/** Search beside the scenario: the verdict first, in words, then the figures; what is found opens in the player. */

import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { figures, type SearchRun } from '../core/search';
import type { SearchFinding, SearchProgress, Strategy } from '../drivers/searcher';
import { base } from './base';
import { View } from './element';
import { searchStyles } from './search-css';

const STRATEGIES: { id: Strategy; name: string }[] = [
  { id: 'exhaustive', name: 'Every interleaving' },
  { id: 'preemptions', name: 'Fewest preemptions first' },
  { id: 'pct', name: 'By chance (PCT)' },
  { id: 'random', name: 'By chance (random)' },
];
const CHANCE = 100_000;
const DOING: Record<SearchProgress['phase'], string> = {
  searching: 'Searching',
  shortening: 'Found; looking for a shorter story',
  trimming: 'Found; taking away what it does not need',
};

@customElement('fl-search')
export class FlSearch extends View {
  static override styles = [base, searchStyles];

  @property({ attribute: false }) run!: SearchRun;
  @state() private strategy: Strategy = 'exhaustive';
  @state() private preemptions = 4;
  @state() private heard = 0;
  private stop: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.run.listen(() => this.heard++);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
  }

  /** Searches the scenario on the screen; with `here`, from the present position on. */
  async search(here = false): Promise<void> {
    const { player } = this.model;
    player.pause();
    const from = here && player.position > 0 ? await player.choices() : null;
    if (here && player.position > 0 && from === null) return;
    const { strategy, preemptions } = this;
    const chance = strategy === 'pct' || strategy === 'random';
    const about = `${player.scenario} under ${player.policy}${from === null ? '' : `, from step ${player.position} on`}`;
    await this.run.start(
      {
        scenario: player.source,
        policy: player.policy,
        strategy,
        shrink: from === null,
        ...(from === null ? {} : { from }),
        ...(strategy === 'preemptions' ? { preemptions } : {}),
        ...(chance ? { executions: CHANCE, seed: 1 } : {}),
      },
      about,
    );
  }

  override render() {
    const { run } = this;
    return html`
      <div class="head">
        <h2>Search</h2>
        <button class="quiet" aria-label="Close the search" @click=${() => this.send('fl-search-close')}>✕</button>
      </div>
      <div class="row">
        <select aria-label="How to search" ?disabled=${run.isGoing} @change=${this.onStrategy}>
          ${STRATEGIES.map((one) => html`<option value=${one.id} ?selected=${one.id === this.strategy}>${one.name}</option>`)}
        </select>
        ${this.strategy === 'preemptions'
          ? html`<label>up to <input type="number" min="0" max="20" .value=${String(this.preemptions)} @change=${this.onPreemptions} /></label>`
          : nothing}
      </div>
      <div class="row">${this.buttons()}</div>
      <div role="status">${this.verdict()}</div>
      ${this.numbers()} ${this.findings()}
    `;
  }

  private buttons() {
    const { run } = this;
    if (!run.isGoing) {
      return html`<button class="primary" @click=${() => void this.search()}>Search${run.result ? ' again' : ''}</button>
        <button ?disabled=${this.model.player.position === 0} @click=${() => void this.search(true)}>From this step on</button>`;
    }
    return html`<button @click=${() => run.toggle()}>${run.status === 'paused' ? 'Resume' : 'Pause'}</button>
      <button @click=${() => run.stop()}>Stop</button>`;
  }

  private verdict() {
    const { run } = this;
    if (run.status === 'idle') {
      return html`<p class="about muted">Looks at every order in which the tasks can take their steps, for one that breaks a property, or for the proof that there is none.</p>`;
    }
    const found = run.result?.verdict === 'found';
    const text = run.error ?? run.result?.text ?? this.going();
    return html`<p class="verdict ${found || run.error ? 'found' : ''}">${text}</p>
      <p class="about muted">${run.about}</p>`;
  }

  private going(): string {
    const { run } = this;
    const doing = DOING[run.progress?.phase ?? 'searching'];
    return run.status === 'paused' ? `${doing}, paused` : `${doing}…`;
  }

  private numbers() {
    const { run } = this;
    const now = run.result ?? run.progress;
    if (!now) return nothing;
    const share = run.isGoing ? run.progress?.share : undefined;
    return html`
      ${run.isGoing
        ? share == null
          ? html`<progress aria-label="Progress of the search"></progress>`
          : html`<progress aria-label="Progress of the search" max="1" .value=${share}></progress>`
        : nothing}
      <dl>${figures(now).map(([label, figure]) => html`<dt>${label}</dt><dd>${figure}</dd>`)}</dl>
    `;
  }

  private findings() {
    const { result } = this.run;
    if (!result || result.findings.length === 0) return nothing;
    return html`<ul aria-label="What was found">
      ${result.findings.map(
        (one) => html`<li>
          <button @click=${() => this.open(one)}>
            <b>${one.scenario ? 'Show the smallest scenario' : 'Show the story'}</b>
            ${one.kind.replaceAll('-', ' ')} (${one.property}) after ${one.steps} steps,
            ${one.preemptions} ${one.preemptions === 1 ? 'preemption' : 'preemptions'}
          </button>
        </li>`,
      )}
    </ul>`;
  }

  private open(finding: SearchFinding): void {
    const { request } = this.run;
    const { player } = this.model;
    if (!request) return;
    void player.follow({
      scenario: player.scenario,
      source: finding.scenario ?? request.scenario,
      policy: request.policy,
      choices: finding.choices,
    });
  }

  private readonly onStrategy = (event: Event): void => {
    const wanted = (event.target as HTMLSelectElement).value;
    this.strategy = STRATEGIES.find((one) => one.id === wanted)?.id ?? 'exhaustive';
  };

  private readonly onPreemptions = (event: Event): void => {
    this.preemptions = Math.max(0, Math.round(Number((event.target as HTMLInputElement).value)));
  };

  private send(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-search': FlSearch;
  }
}
