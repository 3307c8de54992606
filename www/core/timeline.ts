/** A run in time: what happened in it, turn by turn, and the scene at any position. It never changes; a longer one is another one. */

import type { Chunk } from './chunk';
import { fold } from './fold';
import { emptyScene, type Scene } from './scene';

/** Turns between two scenes that are kept: any other is folded from the one before it. */
const APART = 32;

export class Timeline {
  /** `kept[n]` is the scene at position `n * APART`, as far as anybody has asked. */
  private constructor(
    readonly chunks: readonly Chunk[],
    private readonly kept: Scene[],
  ) {}

  static from(setup: Scene, chunks: readonly Chunk[] = []): Timeline {
    return new Timeline(chunks, [setup]);
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
    return this.chunks.slice(from, to).flatMap((chunk) => chunk.records);
  }

  /** Its first turns alone. */
  upTo(position: number): Timeline {
    return new Timeline(this.chunks.slice(0, position), this.kept.slice(0, Math.floor(position / APART) + 1));
  }

  /** What came after its last turn. */
  then(chunks: readonly Chunk[]): Timeline {
    return new Timeline([...this.chunks, ...chunks], [...this.kept]);
  }
}
