/** Two players side by side that move as one: the same schedule on two kernels. */

import { align, foremost, partings, type Joint, type Parting } from './compare';
import { contrasts, differences, type Contrast } from './contrast';
import { dwell } from './motion';
import type { Clock } from './clock';
import type { Change, Player } from './player';
import type { Problem } from './problem';
import type { Work } from './work';
import { Observed } from './observed';

export class Pair extends Observed {
  joints: Joint[] = [{ left: 0, right: 0 }];
  partings: Parting[] = [];
  position = 0;
  status: 'loading' | 'paused' | 'playing' | 'failed' = 'loading';
  /** What the states differ in behind the partings that somebody has asked for. */
  private told = new Map<Parting, Contrast>();
  private now: { position: number; contrast: Contrast } | null = null;
  private timer: unknown = null;
  private loads = 0;

  constructor(
    readonly left: Player,
    readonly right: Player,
    private readonly clock: Clock,
  ) {
    super();
    // What takes long on one side is shown for both.
    const changed = ({ by }: Change): void => {
      if (by === 'state' || by === 'work') this.tell();
    };
    left.listen(changed);
    right.listen(changed);
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
      this.forget();
      this.tell();
      return;
    }
    this.joints = align(this.left.steps, this.right.steps);
    this.partings = partings(this.left, this.right, this.joints);
    this.forget();
    this.tellApart(foremost(this.partings));
    this.position = 0;
    this.status = 'paused';
    this.tell();
  }

  /** The parting at this position, or the last one before it. */
  get parting(): Parting | null {
    return this.partings.findLast((one) => one.from < this.position) ?? null;
  }

  private forget(): void {
    this.told = new Map();
    this.now = null;
  }

  /** Works out what the states differ in behind these partings; of a long run there are too many to do so for all at once. */
  tellApart(wanted: readonly Parting[]): void {
    const missing = wanted.filter((one) => !this.told.has(one));
    const found = contrasts(this.left, this.right, this.joints, missing);
    missing.forEach((one, nth) => this.told.set(one, found[nth] ?? null));
  }

  /** What the states differ in behind a parting, if that is known. */
  contrastAt(parting: Parting): Contrast {
    return this.told.get(parting) ?? null;
  }

  /** What the states differ in at this position: what the last parting made different, as long as that lasts. */
  get contrast(): Contrast {
    const { position, parting } = this;
    if (!parting) return null;
    if (this.now?.position === position) return this.now.contrast;
    this.tellApart([parting]);
    const told = this.contrastAt(parting);
    if (position === parting.to) return told;
    const all = differences(this.left, this.right);
    const contrast = all.find((one) => one.key === told?.key) ?? all[0] ?? null;
    // A side that is still on its way stands elsewhere.
    if (this.left.position === this.here.left && this.right.position === this.here.right) this.now = { position, contrast };
    return contrast;
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
