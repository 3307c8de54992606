/** A level as it is played: whose turn it is, how often a task was interrupted, whether the aim is reached. It has no DOM. */

import type { Finding } from './events';
import type { Level } from './levels';
import type { Player } from './player';
import { preemptions } from './preemptions';

export class LevelRun {
  /** Positions at which the reader has let a task go on, for undoing that. */
  private turns: number[] = [];
  /** Counts what was begun: an earlier turn that is still being played ends. */
  private begun = 0;

  /** `player` plays nothing else. */
  constructor(
    readonly player: Player,
    readonly level: Level,
    /** On the kernel with the fix. */
    readonly fixed: boolean,
  ) {}

  /** The kernel that it is played on: without the fix the scenario's own. */
  get policy(): string {
    const own = this.player.catalog.scenarios.find((one) => one.name === this.level.scenario)?.policy;
    return this.fixed ? this.level.fix : (own ?? this.level.fix);
  }

  async open(): Promise<void> {
    this.begun++;
    this.turns = [];
    await this.player.load(this.level.scenario, this.policy);
  }

  /** What has been found so far, whatever is known to follow. */
  get findings(): Finding[] {
    const { steps, position } = this.player;
    return steps.slice(0, position).flatMap((step) => step.findings);
  }

  /** The finding that is the aim. */
  get reached(): Finding | null {
    return this.findings.find((one) => one.kind === this.level.kind) ?? null;
  }

  get preemptions(): number {
    return preemptions(this.player.steps, this.player.position);
  }

  /** Nothing can go on, and the aim is not reached. */
  get isLost(): boolean {
    return this.player.runnable.length === 0 && !this.reached && this.player.position > 0;
  }

  get canUndo(): boolean {
    return this.turns.length > 0;
  }

  private canGoOn(task: number): boolean {
    return !this.reached && this.player.runnable.some((one) => one.task === task);
  }

  /** Lets a task take one step, or go on until it waits, ends, or has reached the aim. */
  async turn(task: number, on = false): Promise<void> {
    if (!this.canGoOn(task)) return;
    const turn = ++this.begun;
    this.turns.push(this.player.position);
    do {
      if (!(await this.player.step(task))) return;
    } while (on && turn === this.begun && this.canGoOn(task));
  }

  /** Back to before the last turn. */
  async undo(): Promise<void> {
    this.begun++;
    const before = this.turns.pop();
    if (before !== undefined) await this.player.seek(before);
  }

  async restart(): Promise<void> {
    this.begun++;
    this.turns = [];
    await this.player.seek(0);
  }

  /** Nobody waits for it any more. */
  close(): void {
    this.begun++;
    this.player.pause();
  }
}
