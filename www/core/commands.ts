/** A player's commands, one after another; one that opens a run takes the place of all before it. */

import type { Clock } from './clock';
import { problemOf, type Problem } from './problem';
import { GRACE, PATIENCE, type Progress, type Work } from './work';

/** A command under way, as the page shows it. */
export interface Command {
  /** “Opening the link”. */
  what: string;
  /** It opens another run: what was asked for before is of no interest any more. */
  opens?: boolean;
  /** Makes it again, if it was stopped and is wanted all the same. */
  again?: () => Promise<unknown>;
}

export class Commands {
  error: Problem | null = null;
  /** What the engine is at, once it has taken long enough to be worth a word. */
  work: Work | null = null;
  /** Repeats the last command if the user has stopped it. */
  again: (() => Promise<unknown>) | null = null;
  private tail: Promise<unknown> = Promise.resolve();
  /** Counts commands that open a run. */
  private wanted = 0;
  /** The command under way. */
  private current: { wanted: number; progress: Progress | null } | null = null;

  /** `end` ends what the engine is at; `failed` hears of every `error`, `working` of every change of `work`. */
  constructor(
    private readonly clock: Clock,
    private readonly on: { end: () => void; failed: () => void; working: () => void },
  ) {}

  /** Whether no other run has been asked for since the command under way was made. */
  get isWanted(): boolean {
    return this.current?.wanted === this.wanted;
  }

  onProgress(progress: Progress): void {
    if (!this.current) return;
    this.current.progress = progress;
    if (!this.work) return;
    this.work = { ...this.work, progress };
    this.on.working();
  }

  /** Does the work when its turn comes; nothing comes of it if it fails, or is no longer wanted. */
  run<T>(work: () => Promise<T>, command: Command): Promise<T | undefined> {
    if (command.opens) {
      this.wanted++;
      this.giveWay();
    }
    const { wanted } = this;
    const begin = async (): Promise<T | undefined> => {
      if (wanted !== this.wanted) return undefined;
      [this.error, this.again] = [null, null];
      try {
        return await this.during(command, work);
      } catch (reason) {
        if (wanted === this.wanted) this.fail(problemOf(reason), command);
        return undefined;
      }
    };
    const next = this.tail.then(begin);
    this.tail = next;
    return next;
  }

  /** The same, where it is for the caller to say what is wrong; nothing is if the user has stopped it. */
  async attempt(work: () => Promise<unknown>, command: Command): Promise<Problem | null> {
    let problem: Problem | null = null;
    await this.run(async () => {
      try {
        await work();
      } catch (reason) {
        problem = problemOf(reason);
        if (problem.stopped) throw reason;
      }
    }, command);
    return problem;
  }

  private fail(problem: Problem, { what, again }: Command): void {
    this.error = problem.stopped ? { message: `Stopped while ${what.slice(0, 1).toLowerCase()}${what.slice(1)}.`, stopped: true } : problem;
    this.again = problem.stopped ? (again ?? null) : null;
    this.on.failed();
  }

  /** Does the work, and says what it is if that takes long. */
  private async during<T>(command: Command, work: () => Promise<T>): Promise<T> {
    const current = (this.current = { wanted: this.wanted, progress: null });
    const timer = this.clock.set(PATIENCE, () => {
      this.work = { what: command.what, progress: current.progress };
      this.on.working();
    });
    try {
      return await work();
    } finally {
      this.clock.clear(timer);
      this.current = null;
      if (this.work) {
        this.work = null;
        this.on.working();
      }
    }
  }

  /** What is under way may end by itself, but not keep its successor waiting. */
  private giveWay(): void {
    const { current } = this;
    if (!current) return;
    this.clock.set(GRACE, () => {
      if (this.current === current) this.on.end();
    });
  }

  /** Ends what is under way at once. */
  stop(): void {
    if (this.current) this.on.end();
  }
}
