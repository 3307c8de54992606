/** A text that is being written, run aside once its writer pauses: what it leads to, or what is wrong with it. */

import type { Driver } from '../drivers/driver';
import { Film } from './film';
import type { Clock } from './clock';
import { problemOf, type Problem } from './problem';
import type { Finding } from './events';
import { Observed } from './observed';

/** Milliseconds of rest after which a text is worth a run. */
const REST = 500;

export interface Outcome {
  steps: number;
  /** The first finding, and after how many steps it comes; 0 in the set-up. */
  finding: Finding | null;
  at: number;
  /** The run, to be played. */
  film: Film;
}

export class Trial extends Observed {
  outcome: Outcome | null = null;
  problem: Problem | null = null;
  /** A text is waiting to be run, or runs. */
  pending = false;
  private runs = 0;
  private running = false;
  private timer: unknown = null;

  /** `driver` runs nothing else. */
  constructor(
    private readonly driver: Driver,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** The text has changed: what was known of another one no longer holds. */
  write(text: string, policy: string): void {
    this.drop();
    this.problem = null;
    this.pending = true;
    this.timer = this.clock.set(REST, () => void this.run(text, policy));
    this.tell();
  }

  /** Nothing is to be tried any more. */
  drop(): void {
    this.clock.clear(this.timer);
    this.runs++;
    this.pending = false;
    if (this.running) this.driver.stop();
    this.running = false;
  }

  private async run(text: string, policy: string): Promise<void> {
    const run = ++this.runs;
    this.running = true;
    const result = await this.result(text, policy);
    if (run !== this.runs) return;
    Object.assign(this, { running: false, pending: false }, result);
    this.tell();
  }

  private async result(text: string, policy: string): Promise<Pick<Trial, 'outcome' | 'problem'>> {
    try {
      const opened = await this.driver.open(text, policy);
      const found = [opened.findings, ...opened.steps.map((step) => step.findings)];
      const at = found.findIndex((findings) => findings.length > 0);
      return { outcome: { steps: opened.steps.length, finding: found[at]?.[0] ?? null, at, film: new Film(opened) }, problem: null };
    } catch (reason) {
      return { outcome: null, problem: problemOf(reason) };
    }
  }
}
