/**
 * The player: which run is loaded, where it stands, and what the next step is.
 * It has no DOM and no clock of its own; the truth about a run comes from its
 * driver, and everything shown is a fold over what the driver delivered.
 */

import type { StepRecord, Hint, Runnable } from './step-record';
import type { OpenedLink, Catalog, Driver, OpenedRun, Operation, ScenarioInfo, StepResult } from '../drivers/driver';
import { Branches, type Branch, type Line } from './branches';
import type { Clock } from './clock';
import { Commands, type Command } from './commands';
import { fold } from './fold';
import { pace } from './idle';
import { Namer, noNames } from './names';
import type { Problem } from './problem';
import { emptyScene, type Scene } from './scene';
import { isBeat, LONGEST_SILENCE } from './beats';
import type { Paragraph } from './story';
import { withTail } from './tail';
import { matters, type Slice } from './slice';
import { Timeline } from './timeline';
import { Trial } from './trial';
import type { Work } from './work';

export type Status = 'loading' | 'paused' | 'playing';
/** Why the picture changed: only a step is worth a motion. Where the engine is at `work` the run is what it was. */
export type Change = { by: 'step'; step: StepRecord; before: Scene } | { by: 'jump' } | { by: 'state' } | { by: 'work' };
type What = Pick<Player, 'scenario' | 'policy' | 'source' | 'info'>;

export class Player {
  catalog: Catalog = { scenarios: [], presets: [], switches: [], settings: [], defects: [] };
  status: Status = 'loading';
  scenario = '';
  policy = '';
  /** The text of the scenario. */
  source = '';
  /** The catalogue's entry for the scenario; none before one is loaded. */
  info: ScenarioInfo | undefined;
  /** What a link and the engine are not of one mind about, a sentence each. */
  differs: Problem[] = [];
  /** They are why it has not been opened. */
  refused = false;
  /** What the link that was opened looks at. */
  looked: string | null = null;
  /** Counts runs that were loaded. */
  loads = 0;
  /** Counts what the reader decided: each can be undone by Back. */
  decisions = 0;
  names = new Namer(noNames);
  /** The run in words, to its end. */
  narration: Paragraph[] = [];
  position = 0;
  speed = 1;
  /** Set while only what matters for a finding is looked at. */
  slice: Slice | null = null;
  /** Stretches that say nothing new play faster. */
  skipIdle = true;
  private opened: OpenedRun | null = null;
  private isLinked = false;
  private time = Timeline.from(emptyScene());
  private timer: unknown = null;
  /** Where playing pauses by itself: at the end of a manual operation. */
  private until = Infinity;
  private readonly commands: Commands;
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly kept = new Branches();

  constructor(
    private driver: Driver,
    private readonly clock: Clock,
  ) {
    const failed = (): void => {
      this.pause();
      this.tell({ by: 'state' });
    };
    this.commands = new Commands(clock, { end: () => this.driver.stop(), failed, working: () => this.tell({ by: 'work' }) });
    driver.onProgress((progress) => this.commands.onProgress(progress));
  }

  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  /** Commands run one after another: a step must not overtake the load before it. */
  private queue<T>(work: () => Promise<T>, command: Command = { what: 'Going on' }): Promise<T | undefined> {
    return this.commands.run(work, command);
  }

  /** What went wrong with the last command, or that the user has stopped it. */
  get error(): Problem | null {
    return this.commands.error;
  }

  /** What the engine is at, once it has taken long enough to be worth a word. */
  get work(): Work | null {
    return this.commands.work;
  }

  /** Repeats the last command if the user has stopped it. */
  get again(): (() => Promise<unknown>) | null {
    return this.commands.again;
  }

  /** Ends what the engine is at; the run on the screen stays what it is. */
  stop(): void {
    this.commands.stop();
  }

  /** Reads what there is to choose from, unless that is known. */
  async begin(known?: Catalog): Promise<void> {
    await this.queue(async () => {
      this.catalog = known ?? (await this.driver.catalog());
      this.tell({ by: 'state' });
    }, { what: 'Loading the engine' });
  }

  async start(scenario: string, policy: string): Promise<void> {
    await this.begin();
    await this.load(scenario, policy);
  }

  /** Loads a scenario of the gallery under a policy; the run stands before its first step. */
  load(scenario: string, policy: string): Promise<unknown> {
    this.pause();
    return this.queue(async () => {
      const found = this.catalog.scenarios.find((one) => one.name === scenario);
      return found ? this.openNow({ scenario, policy, source: found.text, info: found }) : this.driver.require(scenario);
    }, { what: `Opening ${scenario} under ${policy}`, opens: true, again: () => this.load(scenario, policy) });
  }

  /** Loads a scenario from its text, whatever the gallery has under its name. */
  open(scenario: string, source: string, policy: string): Promise<unknown> {
    this.pause();
    const info = this.catalog.scenarios.find((one) => one.name === scenario);
    const command = { what: `Opening ${scenario} under ${policy}`, opens: true, again: () => this.open(scenario, source, policy) };
    return this.queue(() => this.openNow({ scenario, policy, source, info }), command);
  }

  private async openNow(what: What): Promise<void> {
    const opened = await this.opening((driver) => driver.open(what.source, what.policy, what.scenario));
    if (opened) this.show(opened, what, () => this.decisions++);
  }

  /** Nothing is loaded any more. */
  close(): Promise<unknown> {
    this.pause();
    return this.queue(() => {
      this.kept.clear();
      this.opened = null;
      [this.scenario, this.time, this.narration, this.position, this.status] = ['', Timeline.from(emptyScene()), [], 0, 'loading'];
      this.tell({ by: 'state' });
      return Promise.resolve();
    }, { what: 'Closing the run', opens: true });
  }

  /**
   * Opens the run that choices lead to, after the turn that breaks something; the scenario's text may be
   * another than the gallery's. Where nothing shows there (only the end of a run does), at its first finding.
   */
  async follow(what: { scenario: string; source: string; policy: string; choices: string; turns: number }): Promise<void> {
    this.pause();
    await this.queue(async () => {
      const { scenario, source, policy, choices, turns } = what;
      const known = this.catalog.scenarios.find((one) => one.name === scenario && one.text === source);
      const info = known ?? (await this.driver.describe(source, scenario));
      const opened = await this.opening((driver) => driver.follow(source, policy, scenario, choices));
      if (!opened) return;
      const shows = (opened.steps[turns - 1]?.findings.length ?? 0) > 0;
      const position = shows ? turns : opened.steps.findIndex((step) => step.findings.length > 0) + 1;
      this.show(opened, { scenario, policy, source, info }, () => this.decisions++, { position, differs: [], selection: null });
    }, { what: 'Opening what was found', opens: true, again: () => this.follow(what) });
  }

  /** The choices that lead to the present position, as `--choices` takes them. */
  async choices(): Promise<string | null> {
    return (await this.queue(() => this.driver.choices(this.position))) ?? null;
  }

  /** The same scenario, as it is or was edited, under another policy. */
  under(policy: string): Promise<unknown> {
    return this.edited ? this.edit(this.source, policy) : this.load(this.scenario, policy);
  }

  /** Plays another text of the scenario; what is wrong with it, if it cannot be played. */
  edit(source: string, policy = this.policy): Promise<Problem | null> {
    this.pause();
    const { scenario } = this;
    const work = async (): Promise<void> => {
      const info = await this.driver.describe(source, scenario);
      await this.openNow({ scenario, policy, source, info });
    };
    return this.commands.attempt(work, { what: 'Playing the text', opens: true, again: () => this.edit(source, policy) });
  }

  /** Where a text can be tried beside the run on the screen. */
  trial(): Trial {
    return new Trial(this.driver.another(), this.clock);
  }

  /** Goes to what a link shows; what is wrong with it, if it cannot be opened. */
  openLink(link: string): Promise<Problem | null> {
    this.pause();
    const work = async (): Promise<void> => {
      const there = await this.opening(async (driver) => {
        const linked = await driver.openLink(link);
        return { linked, info: await this.infoOf(linked) };
      });
      if (!there) return;
      const { linked, info } = there;
      const { scenario, policy, text: source } = linked;
      this.show(linked.opened, { scenario, policy, source, info }, () => undefined, linked);
    };
    return this.commands.attempt(work, { what: 'Opening the link', opens: true, again: () => this.openLink(link) });
  }

  private async infoOf({ gallery, scenario, text }: OpenedLink): Promise<ScenarioInfo> {
    const found = gallery ? this.catalog.scenarios.find((one) => one.name === scenario) : undefined;
    return found ?? (await this.driver.describe(text, scenario));
  }

  /** Opens a run beside the one on the screen, which stays what it is if that fails, is stopped, or is not wanted any more. */
  private async opening<T>(open: (driver: Driver) => Promise<T>): Promise<T | null> {
    const driver = this.driver.anew();
    try {
      const opened = await open(driver);
      if (!this.commands.isWanted) {
        driver.end();
        return null;
      }
      this.driver.end();
      this.driver = driver;
      return opened;
    } catch (reason) {
      driver.end();
      throw reason;
    }
  }

  /** Puts a run on the screen; `before` that something else. */
  private show(opened: OpenedRun, what: What, before: () => void, linked?: Pick<OpenedLink, 'position' | 'selection' | 'differs'>): void {
    before();
    this.kept.clear();
    this.opened = opened;
    ({ scenario: this.scenario, policy: this.policy, source: this.source, info: this.info } = what);
    [this.differs, this.refused] = [(linked?.differs ?? []).map((message) => ({ message })), false];
    [this.looked, this.slice] = [linked?.selection ?? null, null];
    this.isLinked = linked !== undefined;
    this.loads++;
    this.names = new Namer(opened.names);
    this.narration = opened.narration;
    this.position = linked?.position ?? 0;
    this.time = Timeline.from(fold(opened.setup, emptyScene()), opened.steps);
    this.status = 'paused';
    this.tell({ by: 'jump' });
  }

  /** The link to the present state, with what is looked at. */
  link(selection?: string): Promise<string> {
    return this.driver.link(this.position, selection);
  }

  /** What the reader has to know about a link; nothing, once it is read. `refused`: it has not been opened at all. */
  warn(differs: Problem[], refused = false): void {
    [this.differs, this.refused] = [differs, refused];
    this.tell({ by: 'state' });
  }

  /** The text of the gallery's scenario with this name. */
  get gallerySource(): string | null {
    return this.catalog.scenarios.find((one) => one.name === this.scenario)?.text ?? null;
  }

  get edited(): boolean {
    return this.scenario !== '' && this.source !== this.gallerySource;
  }

  /** The run is the scenario's own, not one that a link or the reader chose. */
  get isStored(): boolean {
    return !this.isLinked && this.steps === this.opened?.steps;
  }

  get steps(): readonly StepRecord[] {
    return this.time.steps;
  }

  get length(): number {
    return this.steps.length;
  }

  /** Nothing more can happen after the present position. */
  get atEnd(): boolean {
    return this.position === this.steps.length && (this.steps.at(-1)?.done ?? this.opened?.runnable.length === 0);
  }

  /** Steps have been taken, and more can follow. */
  get isUnderWay(): boolean {
    return this.position > 0 && !this.atEnd;
  }

  get runnable(): Runnable[] {
    return (this.position === 0 ? this.opened?.runnable : this.steps[this.position - 1]?.runnable) ?? [];
  }

  get setup(): Scene {
    return this.time.setup;
  }

  sceneAt = (position: number): Scene => this.time.sceneAt(position);

  get scene(): Scene {
    return this.sceneAt(this.position);
  }

  /** One step on: the one already known, unless another task is chosen. */
  step(choice?: number): Promise<unknown> {
    return this.queue(() => this.stepNow(choice), { what: 'Taking a step' });
  }

  /** On to the next step that says or shows something; what happens on the way there is shown as one step. */
  beat(): Promise<unknown> {
    return this.queue(async () => {
      const before = this.scene;
      const taken: StepRecord[] = [];
      while (taken.length < LONGEST_SILENCE) {
        const step = await this.advance();
        if (!step) break;
        taken.push(step);
        if (isBeat(step) && matters(this.slice, this.position - 1)) break;
      }
      const last = taken.at(-1);
      if (last) this.tell({ by: 'step', step: { ...last, records: taken.flatMap((step) => step.records) }, before });
    }, { what: 'Going on' });
  }

  private async stepNow(choice?: number): Promise<boolean> {
    const before = this.scene;
    const step = await this.advance(choice);
    if (!step) return false;
    if (choice !== undefined) this.decisions++;
    this.tell({ by: 'step', step, before });
    return true;
  }

  /** Takes one step, and says nothing of it yet; null where none can be taken. */
  private async advance(choice?: number): Promise<StepRecord | null> {
    const known = this.steps[this.position];
    if (known && (choice === undefined || choice === known.task)) {
      this.position++;
      return known;
    }
    if (this.runnable.length === 0) return null;
    const result = await this.elsewhere((driver) => driver.step(this.position, choice));
    const step = result?.steps[0];
    if (!result || !step) return null;
    this.append(result);
    this.position++;
    return step;
  }

  /** Another future: what was known after the present position no longer holds. */
  private append(result: StepResult): void {
    if (this.position < (this.slice?.at ?? 0)) this.slice = null;
    const past = result.past ? this.time.upTo(0).then(result.past) : this.time.upTo(this.position);
    this.position = past.steps.length;
    this.time = past.then(result.steps);
    this.narration = withTail(this.narration, result.narration);
    this.names = this.names.after(result.names);
  }

  /** Takes another way from here; if that succeeds, what was ahead is kept as a branch. */
  private async elsewhere<T>(way: (driver: Driver) => Promise<T>): Promise<T> {
    const { position } = this;
    if (position === this.length) return way(this.driver);
    const driver = await this.driver.branch(position);
    try {
      const result = await way(driver);
      this.kept.keep(this.line);
      this.line = { ...this.line, driver, time: this.time.upTo(position) };
      return result;
    } catch (reason) {
      driver.end();
      throw reason;
    }
  }

  private get line(): Line {
    const { driver, names, time, narration } = this;
    return { driver, names, time, narration };
  }

  private set line(line: Line) {
    ({ driver: this.driver, names: this.names, time: this.time, narration: this.narration } = line);
  }

  /** Runs that can be gone back to. */
  get branches(): Branch[] {
    return this.kept.list(this.steps);
  }

  /** Back to a branch, at the position where it parts from this run: what was ahead here is kept in turn. */
  take({ line, at }: Branch): Promise<unknown> {
    this.pause();
    return this.queue(async () => {
      this.kept.swap(line, this.line);
      [this.line, this.slice] = [line, null];
      this.position = Math.min(at, this.position);
      this.decisions++;
      this.tell({ by: 'jump' });
      return Promise.resolve();
    });
  }

  /** Only what matters for the finding at a position, or for none everything again. */
  lookAt(at: number | null): Promise<unknown> {
    return this.queue(async () => {
      this.slice = at === null ? null : { at, steps: new Set(await this.driver.slice(at - 1)) };
      this.tell({ by: 'state' });
    }, { what: 'Finding what matters' });
  }

  /** What each task that can run here would do next. */
  async peek(): Promise<Hint[]> {
    return (await this.queue(() => this.driver.peek(this.position), { what: 'Looking at what each task would do' })) ?? [];
  }

  back(): Promise<unknown> {
    return this.seek(this.position - 1);
  }

  seek(position: number): Promise<unknown> {
    this.pause();
    return this.queue(async () => {
      this.position = Math.max(0, Math.min(this.steps.length, position));
      this.tell({ by: 'jump' });
      return Promise.resolve();
    });
  }

  /** A manual operation: a new task that runs it to its end, as far as it gets alone; what is wrong with it, if it is refused. */
  perform(process: number, operation: Operation): Promise<Problem | null> {
    this.pause();
    const work = async (): Promise<void> => {
      const result = await this.elsewhere((driver) => driver.perform(this.position, this.names.process(process), operation));
      this.append(result);
      this.decisions++;
      this.until = this.steps.length;
      this.status = 'playing';
      this.schedule(0);
      this.tell({ by: 'state' });
    };
    return this.commands.attempt(work, { what: `${operation.op.slice(0, 1).toUpperCase()}${operation.op.slice(1)} by hand` });
  }

  play(): void {
    if (this.status !== 'paused') return;
    this.status = 'playing';
    if (this.atEnd) this.position = 0;
    this.tell({ by: 'jump' });
    this.schedule(0);
  }

  /** How many times as fast as at first a run plays. */
  setSpeed(speed: number, skipIdle = this.skipIdle): void {
    [this.speed, this.skipIdle] = [speed, skipIdle];
    this.tell({ by: 'state' });
  }

  pause(): void {
    this.clock.clear(this.timer);
    this.until = Infinity;
    if (this.status !== 'playing') return;
    this.status = 'paused';
    this.tell({ by: 'state' });
  }

  toggle(): void {
    if (this.status === 'playing') this.pause();
    else this.play();
  }

  private schedule(ms: number): void {
    this.clock.clear(this.timer);
    this.timer = this.clock.set(ms / this.speed, () => {
      void this.queue(() => this.tick());
    });
  }

  private async tick(): Promise<void> {
    if (this.status !== 'playing') return;
    const result = await this.stepNow();
    if (!result || this.atEnd || this.position >= this.until) this.pause();
    else this.schedule(pace(this));
  }
}
