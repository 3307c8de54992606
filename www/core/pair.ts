/** Two players side by side that move as one: the same schedule on two kernels. */

import { align, partings, type Joint, type Parting } from './compare';
import { dwell } from './motion';
import type { Change, Clock, Player } from './player';
import type { Problem } from './problem';
import type { Work } from './work';

export class Pair {
  joints: Joint[] = [{ left: 0, right: 0 }];
  partings: Parting[] = [];
  position = 0;
  status: 'loading' | 'paused' | 'playing' | 'failed' = 'loading';
  private timer: unknown = null;
  private loads = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly left: Player,
    readonly right: Player,
    private readonly clock: Clock,
  ) {
    // What takes long on one side is shown for both.
    const changed = ({ by }: Change): void => {
      if (by === 'state' || by === 'work') this.tell();
    };
    left.listen(changed);
    right.listen(changed);
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  get length(): number {
    return this.joints.length - 1;
  }

  get error(): Problem | null {
    return this.left.error ?? this.right.error;
  }

  /** What the engine is at for either side. */
  get work(): Work | null {
    return this.left.work ?? this.right.work;
  }

  /** Ends what the engine is at for both. */
  stop(): void {
    this.left.stop();
    this.right.stop();
  }

  /** Opens the same scenario on both sides; `text` has the schedule that both follow. */
  async load(scenario: string, text: string, policies: { left: string; right: string }): Promise<void> {
    this.pause();
    const load = ++this.loads;
    this.status = 'loading';
    this.tell();
    await Promise.all([this.left.open(scenario, text, policies.left), this.right.open(scenario, text, policies.right)]);
    // Another one has been asked for meanwhile.
    if (load !== this.loads) return;
    if (this.error) {
      Object.assign(this, { joints: [{ left: 0, right: 0 }], partings: [], position: 0, status: 'failed' });
      this.tell();
      return;
    }
    this.joints = align(this.left.steps, this.right.steps);
    this.partings = partings(this.left, this.right, this.joints);
    this.position = 0;
    this.status = 'paused';
    this.tell();
  }

  /** The parting at this position, or the last one before it. */
  get parting(): Parting | null {
    return this.partings.findLast((one) => one.from < this.position) ?? null;
  }

  async seek(wanted: number): Promise<void> {
    this.pause();
    this.position = Math.max(0, Math.min(this.length, wanted));
    const { left, right } = this.here;
    await Promise.all([this.left.seek(left), this.right.seek(right)]);
    this.tell();
  }

  private get here(): Joint {
    return this.joints[this.position] ?? { left: 0, right: 0 };
  }

  /** One joint step: a side that does nothing in it stays where it is. */
  async step(): Promise<void> {
    this.pause();
    await this.go();
  }

  private async go(): Promise<void> {
    if (this.position >= this.length) return;
    this.position++;
    const { left, right } = this.here;
    await Promise.all([
      left > this.left.position ? this.left.step() : null,
      right > this.right.position ? this.right.step() : null,
    ]);
    this.tell();
  }

  back(): Promise<void> {
    return this.seek(this.position - 1);
  }

  /** To where the sides part next, or for the first time. */
  async next(): Promise<void> {
    const next = this.partings.find((one) => one.to > this.position) ?? this.partings[0];
    if (next) await this.seek(next.to);
  }

  toggle(): void {
    if (this.status === 'playing') {
      this.pause();
      return;
    }
    if (this.status !== 'paused') return;
    this.status = 'playing';
    const begin = this.position >= this.length ? this.rewind() : Promise.resolve();
    void begin.then(() => this.tick());
  }

  private async rewind(): Promise<void> {
    this.position = 0;
    await Promise.all([this.left.seek(0), this.right.seek(0)]);
  }

  pause(): void {
    this.clock.clear(this.timer);
    if (this.status !== 'playing') return;
    this.status = 'paused';
    this.tell();
  }

  private async tick(): Promise<void> {
    if (this.status !== 'playing') return;
    const before = this.here;
    await this.go();
    if (this.position >= this.length) {
      this.pause();
      return;
    }
    const after = this.here;
    const records = [
      ...this.left.steps.slice(before.left, after.left),
      ...this.right.steps.slice(before.right, after.right),
    ].flatMap((step) => step.records);
    this.timer = this.clock.set(dwell(records) / this.left.speed, () => void this.tick());
  }
}
