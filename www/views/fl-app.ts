/** The page: header, story, diagram, side panel, lanes; or the threads view. */

import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Pair } from '../core/pair';
import type { Change, Player } from '../core/player';
import { isFrame, isObject, isProcess, selectionOf, type Selection } from '../core/selection';
import { FOREMOST, SEARCHED } from '../core/gallery';
import { sentence, type Problem } from '../core/problem';
import { plain } from '../core/story';
import type { Work } from '../core/work';
import type { FixSearch } from '../core/fixes';
import type { SearchRun } from '../core/search';
import type { Thumbnails } from '../core/thumbnails';
import type { Shows, Tab } from '../core/view';
import type { ScenarioInfo } from '../drivers/driver';
import { appStyles } from './app-css';
import { base } from './base';
import './fl-differs';
import type { FlHelp } from './fl-help';
import './fl-compare';
import './fl-findings';
import './fl-gallery';
import './fl-manual';
import './fl-header';
import type { FlHeader } from './fl-header';
import './fl-help';
import './fl-kernel';
import './fl-inspect';
import './fl-lanes';
import './fl-object';
import './fl-scenarios';
import './fl-scheduler';
import './fl-search';
import type { FlSearch } from './fl-search';
import './fl-share';
import type { FlShare } from './fl-share';
import './fl-story';
import './fl-diagram';
import type { FlDiagram } from './fl-diagram';
import './fl-tasks';
import './fl-transport';
import './fl-walk';
import './fl-work';
import { lessonView, type LessonHost } from './lessons';
import { command, run, runPair, type Command } from './keys';
import { marked } from './marked';
import { Model } from './model';
import { Observe } from './observe';
import { sourcePlace } from './source-place';
import { sources } from './sources';

/** The view of the threads with its charts comes when it is asked for: the front door needs neither. */
const threads = (): Promise<unknown> => import('./fl-threads');

type Sheet = 'side' | 'lanes' | null;

@customElement('fl-app')
export class FlApp extends LitElement {
  static override styles = [base, appStyles];

  @property({ attribute: false }) player!: Player;
  @property({ attribute: false }) pair!: Pair;
  @property({ attribute: false }) search!: SearchRun;
  @property({ attribute: false }) fixes!: FixSearch;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  /** Length of each scenario's run. */
  @property({ attribute: false }) steps: Record<string, number> = {};
  /** The gallery is the front door; a page that is opened with a scenario begins there. */
  @property() tab: Tab = 'gallery';
  @state() private sheet: Sheet = null;
  @state() private narrow = false;
  @state() private said = '';
  @query('fl-help') private help!: FlHelp;
  @state() private searching = false;
  /** The kernels that are compared, where a link or the reader has chosen them. */
  @state() private compared: Pick<Shows, 'before' | 'after'> = {};
  /** Where a lesson is. */
  @state() private place: Pick<Shows, 'part' | 'level'> = {};
  /** What plays and searches the lessons, beside the run on the screen. */
  @property({ attribute: false }) lesson!: Pick<LessonHost, 'player' | 'search' | 'pars'>;
  @query('fl-search') private searchPanel?: FlSearch;
  @query('fl-share') private share?: FlShare;
  @query('fl-diagram') private diagram?: FlDiagram;
  @query('fl-header') private head!: FlHeader;
  model!: Model;
  private stop: (() => void) | null = null;
  private readonly media = matchMedia('(max-width: 760px)');

  constructor() {
    super();
    new Observe(this, () => this.model);
    new Observe(this, () => this.pair);
  }

  /** What the page shows, for its address, which also sets it. */
  get shows(): Shows {
    if (this.tab === 'compare') return { tab: 'compare', ...this.compared };
    if (this.tab === 'chains' || this.tab === 'levels') return { tab: this.tab, ...this.place };
    return this.tab === 'step' && this.searching ? { tab: 'step', search: true } : { tab: this.tab };
  }

  set shows({ tab, search, before, after, part, level }: Shows) {
    this.tab = tab;
    this.place = { ...(part ? { part } : {}), ...(level ? { level } : {}) };
    this.searching = search ?? false;
    this.compared = { ...(before ? { before } : {}), ...(after ? { after } : {}) };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.model = new Model(this.player);
    this.stop = this.player.listen((change) => this.onChange(change));
    this.narrow = this.media.matches;
    this.media.addEventListener('change', this.onMedia);
    document.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.media.removeEventListener('change', this.onMedia);
    document.removeEventListener('keydown', this.onKey);
  }

  private readonly onMedia = (): void => {
    this.narrow = this.media.matches;
    this.sheet = null;
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    // In a dialog the key closes that.
    const inDialog = event.composedPath().some((one) => one instanceof HTMLDialogElement && one.open);
    if (event.key === 'Escape' && this.work && !inDialog) {
      event.preventDefault();
      this.halt();
      return;
    }
    if (event.key === 'Escape' && this.sheet) {
      this.closeSheet();
      return;
    }
    const wanted = command(event);
    if (!wanted) return;
    if (wanted.kind === 'help') this.help.toggle();
    else if (wanted.kind === 'gallery') this.show('gallery');
    else if (this.tab === 'gallery' && wanted.kind === 'enter') void this.open(SEARCHED, true);
    else if (this.tab === 'compare') this.inCompare(wanted);
    else if (this.tab === 'step') this.inStep(wanted);
    else return;
    if (wanted.kind !== 'enter') event.preventDefault();
  };

  private inCompare(wanted: Command): void {
    if (wanted.kind === 'compare') this.show('step');
    else runPair(wanted, this.pair);
  }

  private inStep(wanted: Command): void {
    if (wanted.kind === 'compare') this.show('compare');
    else if (wanted.kind === 'takeover') this.onTakeover();
    else if (wanted.kind === 'search') void this.find();
    else if (wanted.kind === 'reachable') void this.reach();
    else if (wanted.kind === 'link') void this.share?.copy();
    else if (wanted.kind === 'edit') this.share?.edit();
    else if (wanted.kind === 'zoom') this.diagram?.zoom(wanted.how);
    else run(wanted, this.player);
  }

  /** Opens the search beside the scenario and begins; a search that is there already stays. */
  private async find(here = false): Promise<void> {
    this.searching = true;
    (await this.openSide())?.scrollTo({ top: 0 });
    this.searchPanel?.focus();
    // What is reachable from here is another question than one that is under way.
    if (here || !this.search.isGoing) await this.searchPanel?.search(here);
  }

  private async reach(): Promise<void> {
    if (this.player.isUnderWay) await this.find(true);
  }

  private async closeSearch(): Promise<void> {
    this.searching = false;
    await this.hold('.side');
  }

  /** The focus goes there if what had it is gone. */
  private async hold(selector: string): Promise<void> {
    await this.updateComplete;
    const there = this.renderRoot.querySelector<HTMLElement>(selector);
    // A view that is loaded when it is first shown takes the focus once it is there.
    if (there?.localName.startsWith('fl-')) await customElements.whenDefined(there.localName);
    if (!this.shadowRoot?.activeElement) there?.focus();
  }

  private readonly onTakeover = (): void => {
    this.player.pause();
    this.model.takeover = !this.model.takeover;
    if (this.model.takeover) void this.showScheduler();
  };

  /** A search may stand above what the tasks are about to do. */
  private async showScheduler(): Promise<void> {
    const side = await this.openSide();
    const tasks = side?.querySelector('.tasks');
    if (!side || !tasks) return;
    // Only the panel scrolls, below the grip that a phone has there.
    const here = side.querySelector('.grip')?.getBoundingClientRect().bottom ?? side.getBoundingClientRect().top;
    side.scrollBy({ top: tasks.getBoundingClientRect().top - here - 12 });
  }

  /** The panel beside the diagram, which on a phone is a sheet that opens. */
  private async openSide(): Promise<Element | null> {
    if (this.narrow) this.sheet = 'side';
    await this.updateComplete;
    return this.renderRoot.querySelector('.side');
  }

  private shownError: Problem | null = null;

  /** Where there is no room for all of it, what went wrong comes into view. */
  override updated(changed: PropertyValues): void {
    if (['tab', 'searching', 'compared', 'place'].some((one) => changed.has(one))) this.dispatchEvent(new CustomEvent('fl-view'));
    const { error } = this.player;
    if (error && error !== this.shownError && this.narrow) this.renderRoot.querySelector('.error')?.scrollIntoView({ block: 'center' });
    this.shownError = error;
  }

  private loaded = 0;

  private onChange(change: Change): void {
    // Names belong to one run: new names, new colours.
    if (change.by === 'jump' && this.loaded !== this.player.loads) {
      this.loaded = this.player.loads;
      this.model.reset();
      this.model.selection = selectionOf(this.player.looked, this.player.names);
    }
    if (change.by === 'step') this.said = change.step.quiet ? this.said : plain(change.step.text);
    this.model.changed();
  }

  /** The first screen has what it is for. */
  private get isShown(): boolean {
    return this.tab === 'gallery' ? this.player.catalog.scenarios.length > 0 : this.player.scenario !== '';
  }

  /** What the engine is at for whatever is on the screen. */
  private get work(): Work | null {
    return this.player.work ?? (this.tab === 'compare' ? this.pair.work : null);
  }

  private readonly halt = (): void => {
    this.player.stop();
    this.pair.stop();
    this.said = 'Stopped.';
  };

  private get current() {
    return this.player.info;
  }

  override render() {
    return html`
      <fl-header
        .player=${this.player}
        .tab=${this.tab}
        .narrow=${this.narrow}
        .searching=${this.searching && this.tab === 'step'}
        @fl-show=${this.onShow}
        @fl-find=${() => void this.find()}
        @fl-help=${() => this.help.toggle()}
        @fl-pick=${this.onPick}
      ></fl-header>
      ${this.view()}
      ${this.work && this.isShown ? html`<fl-work class="floating" .work=${this.work} @fl-stop=${this.halt}></fl-work>` : nothing}
      <fl-help></fl-help>
      <p class="sr" aria-live="polite">${this.said}</p>
    `;
  }

  private view() {
    if (this.tab === 'threads') {
      void threads();
      return html`<fl-threads .player=${this.player}></fl-threads>`;
    }
    if (this.tab === 'chains' || this.tab === 'levels') return lessonView(this.shows, this.lessons);
    if (!this.isShown) return this.empty();
    if (this.tab === 'step') return this.step();
    if (this.tab === 'compare') return html`<fl-compare
      .pair=${this.pair}
      .player=${this.player}
      .narrow=${this.narrow}
      .chosen=${this.compared}
      @fl-kernels=${(event: CustomEvent<Pick<Shows, 'before' | 'after'>>) => (this.compared = event.detail)}
      @fl-show=${this.onShow}
    ></fl-compare>`;
    return html`<fl-gallery
      .catalog=${this.player.catalog}
      .thumbnails=${this.thumbnails}
      .steps=${this.steps}
      @fl-show=${this.onShow}
      @fl-open=${(event: CustomEvent<string>) => void this.open(event.detail)}
      @fl-search-open=${(event: CustomEvent<string>) => void this.open(event.detail, true)}
    ></fl-gallery>`;
  }

  private get lessons(): LessonHost {
    const go = (shows: Shows): void => void (this.shows = shows);
    return { ...this.lesson, go, show: this.onShow, find: (event) => void this.open(event.detail, true) };
  }

  private empty() {
    const { error } = this.player;
    if (this.work) return html`<main class="empty" tabindex="-1"><fl-work .work=${this.work} @fl-stop=${this.halt}></fl-work></main>`;
    if (!error) return html`<main class="empty" tabindex="-1"><p class="muted">Loading the engine…</p></main>`;
    return html`<main class="empty" tabindex="-1"><div>
      <div role="alert"><h1 class=${error.stopped ? '' : 'bad'}>${marked(sentence(error))}</h1></div>
      <p class="muted">Nothing is loaded. The gallery has scenarios that open at once.</p>
      <div class="next">${this.again()}<button class="primary" @click=${() => this.show('gallery')}>To the gallery</button></div>
    </div></main>`;
  }

  /** Red is kept for what is wrong: a command that the user has stopped is not. */
  private problem(error: Problem) {
    return error.stopped ? html`<p class="stopped" role="status">${error.message} The run on the screen is as it was.</p>` : html`<p class="bad" role="alert">${marked(sentence(error))}</p>`;
  }

  private again() {
    const { again } = this.player;
    return again ? html`<button @click=${() => void again()}>Try again</button>` : nothing;
  }

  private show(tab: Tab): void {
    this.player.pause();
    [this.tab, this.place] = [tab, {}];
    if (tab === 'step' && this.player.scenario === '') void this.pick(FOREMOST);
    void Promise.resolve(tab === 'threads' ? threads() : null).then(() => this.hold('main, fl-compare, fl-gallery, fl-threads, fl-chains, fl-levels'));
  }

  private readonly onShow = (event: CustomEvent<Tab>): void => this.show(event.detail);

  private readonly onPick = (event: CustomEvent<string>): void => void this.pick(event.detail);

  /** From the gallery to the player, which then has the focus, or on to a search. */
  private async open(name: string, searches = false): Promise<void> {
    this.tab = 'step';
    await this.pick(name);
    await this.updateComplete;
    if (searches) await this.find();
    else if (!this.head.focusPlay()) this.renderRoot.querySelector('fl-transport')?.focus();
  }

  private step() {
    const { model } = this;
    return html`<main
      class="step"
      tabindex="-1"
      @fl-select=${this.onSelect}
      @fl-show=${this.onShow}
      @fl-pick=${this.onPick}
      @fl-look=${() => (this.sheet = null)}
      @fl-takeover=${this.onTakeover}
      @fl-reachable=${() => void this.reach()}
      @fl-policy=${(event: CustomEvent<string>) => void this.player.under(event.detail)}
      @fl-said=${(event: CustomEvent<string>) => (this.said = event.detail)}
    >
      <section class="canvas" aria-label="Objects and mappings">
        <fl-diagram .model=${model}></fl-diagram>
      </section>
      <section class="transport" aria-label="Player">
        <fl-transport .model=${model} ?compact=${this.narrow}></fl-transport>
        ${this.narrow ? this.sheetButtons() : html`<span class="keys muted">space play · , . beat · [ ] mark · 1–9 choose a task · ? keys</span>`}
      </section>
      ${this.storyPanel()}
      ${this.panel('side', 'Tasks and addresses', html`
        ${this.searching ? html`<fl-search .model=${model} .run=${this.search} @fl-search-close=${() => void this.closeSearch()}></fl-search>` : nothing}
        <fl-findings .model=${model}></fl-findings>
        ${isObject(model.selection) ? html`<fl-object .model=${model}></fl-object>` : nothing}
        ${isFrame(model.selection) || isProcess(model.selection) ? html`<fl-inspect .model=${model}></fl-inspect>` : nothing}
        <section class="tasks">
          <fl-scheduler .model=${model}></fl-scheduler>
          <fl-tasks .model=${model}></fl-tasks>
        </section>
        <fl-manual .model=${model}></fl-manual>
        <fl-walk .model=${model}></fl-walk>`)}
      ${this.panel('lanes', 'Lanes', html`<fl-lanes .model=${model}></fl-lanes>`)}
    </main>`;
  }

  private readonly canvasSize = () => ({ w: this.diagram?.clientWidth ?? 960, h: this.diagram?.clientHeight ?? 620 });

  private panel(name: 'side' | 'lanes', label: string, content: unknown) {
    const open = this.sheet === name;
    const hidden = this.narrow && !open;
    return html`<section class="${name} ${this.narrow ? 'sheet' : ''} ${open ? 'open' : ''}" aria-label=${label} ?inert=${hidden} tabindex=${name === 'side' ? 0 : nothing}>
      ${this.narrow ? html`<div class="grip"><h2>${label}</h2><button @click=${() => this.closeSheet()}>Close</button></div>` : nothing}
      ${content}
    </section>`;
  }

  /** The focus goes into a sheet that opens, and back to its button when it closes. */
  private async openSheet(name: 'side' | 'lanes'): Promise<void> {
    this.sheet = name;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.sheet.open .grip button')?.focus();
  }

  private closeSheet(): void {
    this.renderRoot.querySelector<HTMLElement>(`#open-${this.sheet ?? ''}`)?.focus();
    this.sheet = null;
  }

  private sheetButtons() {
    const button = (name: 'side' | 'lanes', label: string) => html`<button
      id="open-${name}"
      aria-expanded=${this.sheet === name ? 'true' : 'false'}
      @click=${() => (this.sheet === name ? this.closeSheet() : void this.openSheet(name))}
    >
      ${label}
    </button>`;
    return html`<div class="sheets">
      ${button('side', 'Tasks')}${button('lanes', 'Lanes')}
      <button @click=${() => void this.find()}>Search</button>
      <button @click=${() => this.show('compare')}>Compare</button>
    </div>`;
  }

  private storyPanel() {
    const { current, model } = this;
    const { error } = this.player;
    return html`<section class="story" aria-label="Story">
      <div class="about" tabindex="0">
      <fl-differs .model=${model}></fl-differs>
      <h1>${current?.title}${this.player.edited ? html` <span class="muted">(edited)</span>` : nothing}</h1>
      <p class="by">${current?.when}
        ${current?.review ? html`· ${sources(current.review)}` : nothing}</p>
      ${error ? html`<div class="error">${this.problem(error)}${this.again()}</div>` : nothing}
      ${this.player.position === 0 && current ? this.introduction(current) : nothing}
      ${this.narrow ? html`<p class="by">${sourcePlace(this.player.steps[this.player.position - 1]?.place ?? null)}</p><fl-changes .model=${model}></fl-changes>` : nothing}
      <fl-story .model=${model}></fl-story>
      </div>
      <div class="pickers">
        ${this.narrow ? html`<fl-scenarios .player=${this.player}></fl-scenarios>` : nothing}
        <fl-kernel .model=${model} .fixes=${this.fixes}></fl-kernel>
        <fl-share .model=${model} .canvas=${this.canvasSize}></fl-share>
      </div>
    </section>`;
  }

  /** ReplayMessage before the first step; after that the story itself needs the room. */
  private introduction(current: ScenarioInfo) {
    return html`${current.watch.map((sentence) => html`<p class="watch">${marked(sentence)}</p>`)}
      <p class="by">${[current.where, current.by].filter(Boolean).join(' · ')}</p>`;
  }

  /** A scenario comes with the kernel in which it is worth seeing. */
  private pick(name: string): Promise<unknown> {
    const wanted = this.player.catalog.scenarios.find((one) => one.name === name);
    return this.load(name, wanted?.policy ?? this.player.policy);
  }

  private load(scenario: string, policy: string): Promise<unknown> {
    this.said = '';
    return this.player.load(scenario, policy);
  }

  private readonly onSelect = (event: CustomEvent<Selection | null>): void => {
    this.model.selection = event.detail;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-app': FlApp;
  }
}
