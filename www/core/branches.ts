/** Runs that parted from the one on the screen: each keeps its own source, and can be gone back to. */

import type { Driver } from '../drivers/driver';
import type { StepRecord } from './step-record';
import type { Namer } from './names';
import type { Paragraph } from './story';
import type { Timeline } from './timeline';

/** A run as the player holds it. */
export interface Line {
  driver: Driver;
  names: Namer;
  time: Timeline;
  /** The run in words, to its end. */
  narration: Paragraph[];
}

/** How a kept run differs from the one on the screen. */
export interface Branch {
  line: Line;
  /** The position at which they part. */
  at: number;
  /** Who goes on there in the kept run. */
  task: number | null;
  length: number;
  /** Kind of its first finding. */
  finding: string | null;
}

/** More would be a thicket; the stored story, which was the first, is never dropped. */
const MAX_KEPT = 8;

/** The number of turns that two runs have in common. */
export function common(a: readonly StepRecord[], b: readonly StepRecord[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at]?.task === b[at]?.task) at++;
  return at;
}

export class Branches {
  private kept: Line[] = [];

  list(steps: readonly StepRecord[]): Branch[] {
    return this.kept.map((line) => {
      const own = line.time.steps;
      const at = common(own, steps);
      const finding = own.flatMap((step) => step.findings)[0]?.kind ?? null;
      return { line, at, task: own[at]?.task ?? null, length: own.length, finding };
    });
  }

  keep(line: Line): void {
    this.kept.push(line);
    if (this.kept.length > MAX_KEPT) this.kept.splice(1, 1).forEach((one) => one.driver.end());
  }

  /** The run on the screen takes the place of a kept one. */
  swap(taken: Line, kept: Line): void {
    this.kept = this.kept.map((line) => (line === taken ? kept : line));
  }

  clear(): void {
    for (const line of this.kept) line.driver.end();
    this.kept = [];
  }
}
