/** A run in time: what happened in it, turn by turn, and the scene at any position. It never changes; a longer one is another one. */

import type { StepRecord } from './step-record';
import { fold } from './fold';
import { emptyScene, type Scene } from './scene';

/** Turns between two scenes that are kept: any other is folded from the one before it. */
const APART = 32;

export class Timeline {
  /** `kept[n]` is the scene at position `n * APART`, as far as anybody has asked. */
  private constructor(
    readonly steps: readonly StepRecord[],
    private readonly kept: Scene[],
  ) {}

  static from(setup: Scene, steps: readonly StepRecord[] = []): Timeline {
    return new Timeline(steps, [setup]);
  }

  /** Before the first turn. */
  get setup(): Scene {
    return this.kept[0] ?? emptyScene();
  }

  sceneAt(position: number): Scene {
    const wanted = Math.floor(position / APART);
    let nth = Math.min(wanted, this.kept.length - 1);
    for (; nth < wanted; nth++) this.kept[nth + 1] = fold(this.records(nth * APART, (nth + 1) * APART), this.kept[nth]);
    return fold(this.records(nth * APART, position), this.kept[nth]);
  }

  private records(from: number, to: number) {
    return this.steps.slice(from, to).flatMap((step) => step.records);
  }

  /** Its first turns alone. */
  upTo(position: number): Timeline {
    return new Timeline(this.steps.slice(0, position), this.kept.slice(0, Math.floor(position / APART) + 1));
  }

  /** What came after its last turn. */
  then(steps: readonly StepRecord[]): Timeline {
    return new Timeline([...this.steps, ...steps], [...this.kept]);
  }
}
