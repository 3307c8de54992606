/** Search beside the scenario: the verdict first, in words, then the figures; what is found opens in the player. */

import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { covered, figures, findingTitle, headline, kindText, leftOut, type SearchRun } from '../core/search';
import { takenAway } from '../core/smaller';
import { AFTER, fixedPreset } from '../core/presets';
import type { SearchFinding, SearchResult, Strategy } from '../drivers/search/types';
import { base } from './base';
import { focusHeading, View } from './element';
import { marked } from './marked';
import { searchStyles } from './search-css';

const STRATEGIES: { id: Strategy; name: string }[] = [
  { id: 'exhaustive', name: 'Every interleaving' },
  { id: 'preemptions', name: 'Fewest preemptions first' },
  { id: 'pct', name: 'By chance (PCT)' },
  { id: 'random', name: 'By chance (random)' },
];
const CHANCE = 100_000;
/** Seconds after which a walk through everything is worth a word of advice. */
const LONG = 15;

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

@customElement('fl-search')
export class FlSearch extends View {
  static override styles = [base, searchStyles];

  @property({ attribute: false }) run!: SearchRun;
  @state() private strategy: Strategy = 'exhaustive';
  @state() private preemptions = 4;
  /** Whatever comes up first is wanted, not what the scenario is about. */
  @state() private any = false;
  @state() private heard = 0;
  /** The finding that the player shows, and the load that showed it. */
  @state() private shown: { finding: SearchFinding; load: number } | null = null;
  private stop: (() => void) | null = null;
  /** The load that stands before its first step and waits for what is found in it. */
  private waiting: number | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = this.run.listen(() => {
      this.heard++;
      this.arrive();
    });
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
    this.waiting = player.position === 0 ? player.loads : null;
    await this.run.start(
      {
        scenario: player.source,
        policy: player.policy,
        strategy,
        shrink: from === null,
        ...(from === null ? {} : { from }),
        ...(strategy === 'preemptions' ? { preemptions } : {}),
        ...(chance ? { executions: CHANCE, seed: 1 } : {}),
        ...(this.any ? { kind: 'any' as const } : {}),
      },
      about,
      player.scenario,
    );
  }

  /** A reader before the first step sees what is found at once; a reader at another step is left there. */
  private arrive(): void {
    const { player } = this.model;
    const [first] = this.run.known?.findings ?? [];
    if (this.waiting === null || !first) return;
    const waits = player.loads === this.waiting && player.position === 0 && player.status === 'paused';
    this.waiting = null;
    if (waits) void this.show(first);
  }

  override focus(): void {
    focusHeading(this);
  }

  override render() {
    const { run } = this;
    const go = run.isGoing ? nothing : html`<div class="row">${this.beginning()}</div>`;
    // What stands here is of another scenario or kernel: to search this one comes first.
    const elsewhere = this.isElsewhere;
    return html`
      <div class="head">
        <h2 tabindex="-1">Search</h2>
        ${run.isGoing ? this.holding() : nothing}
        <button class="quiet" aria-label="Close the search" @click=${() => this.close()}>✕</button>
      </div>
      <div role="status">${this.verdict()}</div>
      ${elsewhere ? go : nothing}
      ${run.isGoing && elsewhere ? html`<div class="row"><button class="primary" @click=${() => void this.search()}>Search ${this.here} instead</button></div>` : nothing}
      ${this.findings()} ${this.next()} ${this.smaller()}
      ${run.known?.verdict === 'found' ? this.exactly() : nothing} ${this.numbers()}
      <div class="row">${this.how()}</div>
      ${elsewhere ? nothing : go}
    `;
  }

  private how() {
    const { run } = this;
    const seek = this.model.player.info?.seek ?? '';
    return html`<select aria-label="How to search" ?disabled=${run.isGoing} @change=${this.onStrategy}>
        ${STRATEGIES.map((one) => html`<option value=${one.id} ?selected=${one.id === this.strategy}>${one.name}</option>`)}
      </select>
      ${this.strategy === 'preemptions'
        ? html`<label>up to <input type="number" min="0" max="20" .value=${String(this.preemptions)} ?disabled=${run.isGoing} @change=${this.onPreemptions} /></label>`
        : nothing}
      ${seek === ''
        ? nothing
        : html`<select aria-label="What to look for" ?disabled=${run.isGoing} @change=${this.onKind}>
            <option value="first" ?selected=${!this.any}>${kindText(seek)} first</option>
            <option value="any" ?selected=${this.any}>whatever comes up</option>
          </select>`}`;
  }

  /** Another scenario or kernel has been chosen since: what stands here is not about that. */
  private get isElsewhere(): boolean {
    const { request } = this.run;
    const { source, policy } = this.model.player;
    return request !== null && !this.onScreen && (request.policy !== policy || request.scenario !== source);
  }

  /** What a search would be of now, where that is something else. */
  private get here(): string {
    const { player } = this.model;
    const under = `under ${player.policy}`;
    return this.run.request?.scenario === player.source ? under : `${player.scenario} ${under}`;
  }

  private beginning() {
    const { result } = this.run;
    const { player } = this.model;
    const fresh = result === null || this.isElsewhere;
    const label = result === null ? 'Search' : fresh ? `Search ${this.here}` : 'Search again';
    return html`<button class=${fresh ? 'primary' : ''} @click=${() => void this.search()}>${label}</button>
      <button ?disabled=${!player.isUnderWay} @click=${() => void this.search(true)}>From this step on</button>`;
  }

  private holding() {
    const { run } = this;
    return html`<button @click=${() => run.toggle()}>${run.status === 'paused' ? 'Resume' : 'Pause'}</button>
      <button @click=${() => run.stop()}>Stop</button>`;
  }

  private verdict() {
    const { run } = this;
    const said = headline(run);
    if (!said) {
      return html`<p class="about muted">Looks at every order in which the tasks can take their steps, for one that breaks a property, or for the proof that there is none.</p>`;
    }
    const { player } = this.model;
    const elsewhere = this.isElsewhere;
    return html`<p class="verdict ${elsewhere ? 'elsewhere' : said.tone}">${run.error === null ? said.text : marked(said.text)}</p>
      <p class="about muted">${run.about}${elsewhere ? html`, and not about <b>${player.scenario} under ${player.policy}</b>, which is on the screen now` : nothing}</p>
      ${run.known?.verdict === 'found' ? nothing : this.exactly()}`;
  }

  /** What exactly was established; where something was found, below what can be done with it, which does not move then. */
  private exactly() {
    const { result } = this.run;
    return html`${result ? html`<p class="about">${sentence(result.text)}</p>` : nothing} ${result ? this.dates(result) : nothing} ${this.advice()}`;
  }

  /** A verdict is about the engine: where that is not the kernel of the preset's date, it says so. */
  private dates(result: SearchResult) {
    const changes = leftOut(result);
    if (changes.length === 0) return nothing;
    return html`<details class="about muted">
      <summary>Not as on the date of ${this.run.request?.policy}: ${changes.length === 1 ? 'one change' : `${changes.length} changes`} of FreeBSD</summary>
      <ul>${changes.map(({ id, text }) => html`<li><b>${id}</b> ${text}</li>`)}</ul>
    </details>`;
  }

  /** A scenario too large to be walked through is better searched otherwise. */
  private advice() {
    const { progress, result, status, request } = this.run;
    if (request?.strategy !== 'exhaustive') return nothing;
    if (result?.verdict === 'bounded') return html`<p class="about">It is too large to be walked through. <b>Fewest preemptions first</b> may find something.</p>`;
    const slow = status === 'running' && progress?.phase === 'searching' && progress.seconds > LONG;
    return slow ? html`<p class="about">This one is large. <b>Fewest preemptions first</b> may find something sooner; stop this search to choose it.</p>` : nothing;
  }

  private numbers() {
    const { run } = this;
    const now = run.result ?? run.progress;
    if (!now) return nothing;
    const share = run.isGoing ? run.progress?.share : undefined;
    const listed = (rows: [string, string][]) => html`<dl>${rows.map(([label, figure]) => html`<div><dt>${label}</dt><dd>${figure}</dd></div>`)}</dl>`;
    return html`
      ${run.isGoing
        ? share == null
          ? html`<progress aria-label="Progress of the search"></progress>`
          : html`<progress aria-label="Progress of the search" max="1" .value=${share}></progress>`
        : nothing}
      ${listed(covered(now))}
      <details>
        <summary>More figures</summary>
        ${listed(figures(now))}
      </details>
    `;
  }

  private findings() {
    const found = this.run.known?.findings.filter((one) => !one.scenario) ?? [];
    if (found.length === 0) return nothing;
    return html`<ul aria-label="What was found">
      ${found.map((one) => html`<li>${this.finding(one)}</li>`)}
    </ul>`;
  }

  private finding(one: SearchFinding) {
    const there = this.isShown(one);
    const { request } = this.run;
    const without = one.scenario && request ? takenAway(request.scenario, one.scenario) : '';
    return html`<button class="opens" aria-current=${there ? 'true' : 'false'} @click=${() => void this.pick(one)}>
      <b>${findingTitle(one, request)}${there ? ', on the screen' : ''}</b>
      ${without === '' ? nothing : html`<span class="without">${without}.</span>`}
      ${one.turns} steps, ${one.preemptions} ${one.preemptions === 1 ? 'preemption' : 'preemptions'}: ${kindText(one.kind)}
    </button>`;
  }

  /** A smaller scenario has its place before it is known: what stands above it does not move. */
  private smaller() {
    const { run } = this;
    const smallest = run.known?.findings.find((one) => one.scenario);
    if (smallest) return html`<div class="smaller">${this.finding(smallest)}</div>`;
    if (!run.known || !run.isGoing) return nothing;
    return html`<p class="smaller muted">Taking away what the scenario does not need${run.status === 'paused' ? ', paused' : '…'}</p>`;
  }

  /** What a reader would want next: see it happen, pass it on, see it gone. */
  private next() {
    const { run } = this;
    const { player } = this.model;
    const { known: result, request } = run;
    if (!result || !request) return nothing;
    const first = result.findings[0];
    if (result.verdict === 'complete') {
      return html`<div class="next"><button @click=${() => this.send('fl-show', 'compare')}>Before and after, side by side</button></div>`;
    }
    if (!first) return nothing;
    const fix = fixedPreset(player.catalog, request.policy);
    return html`<div class="next" role="group" aria-label="What next">
      <button class=${this.isElsewhere ? '' : 'primary'} @click=${() => void this.play(first)}>Play it from the start</button>
      ${request.shrink ? nothing : html`<button @click=${() => void this.shorten(first)}>Look for the shortest story, from the beginning</button>`}
      ${fix === null ? nothing : html`<button @click=${() => void this.searchFixed(fix)}>${fix === AFTER ? 'With the fix: search' : 'Search'} under <b>${fix}</b></button>`}
    </div>`;
  }

  /** What the player shows of what was found. */
  private get onScreen(): SearchFinding | null {
    return this.run.known?.findings.find((one) => this.isShown(one)) ?? null;
  }

  private isShown(finding: SearchFinding): boolean {
    const { shown } = this;
    const same = shown?.finding.choices === finding.choices && (shown.finding.scenario ?? null) === (finding.scenario ?? null);
    return same && shown.load === this.model.player.loads;
  }

  /** Opens a finding where it shows. */
  private async show(finding: SearchFinding): Promise<void> {
    const { request, scenario } = this.run;
    const { player } = this.model;
    if (!request) return;
    await player.follow({
      scenario,
      source: finding.scenario ?? request.scenario,
      policy: request.policy,
      choices: finding.choices,
      turns: finding.turns,
    });
    this.shown = { finding, load: player.loads };
  }

  private async pick(finding: SearchFinding): Promise<void> {
    await this.show(finding);
    this.send('fl-look');
  }

  private async play(first: SearchFinding): Promise<void> {
    const { player } = this.model;
    if (!this.onScreen) await this.show(first);
    this.send('fl-look');
    await player.seek(0);
    player.play();
  }

  /** The same finding, from the beginning and as short as it can be. */
  private async shorten({ kind }: SearchFinding): Promise<void> {
    const { request, scenario } = this.run;
    if (!request) return;
    const { from: _, ...rest } = request;
    this.focus();
    await this.run.start({ ...rest, shrink: true, kind }, `${scenario} under ${request.policy}`, scenario);
  }

  /** The same search on another kernel. */
  private async searchFixed(policy: string): Promise<void> {
    const { request, scenario } = this.run;
    const { player } = this.model;
    if (!request) return;
    // The button that was pressed is about to go.
    this.focus();
    await player.open(scenario, request.scenario, policy);
    await this.search();
  }

  /** A search that is not visible is stopped. */
  private close(): void {
    this.run.stop();
    this.send('fl-search-close');
  }

  private readonly onStrategy = (event: Event): void => {
    const wanted = (event.target as HTMLSelectElement).value;
    this.strategy = STRATEGIES.find((one) => one.id === wanted)?.id ?? 'exhaustive';
  };

  private readonly onKind = (event: Event): void => {
    this.any = (event.target as HTMLSelectElement).value === 'any';
  };

  private readonly onPreemptions = (event: Event): void => {
    this.preemptions = Math.max(0, Math.round(Number((event.target as HTMLInputElement).value)));
  };

  private send(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-search': FlSearch;
  }
}
