/** A run as a small moving picture: its beats up to the moment that matters. */

import type { OpenedRun } from '../drivers/driver';
import { isBeat } from './beats';
import { Palette, storedValues } from './colors';
import { fold } from './fold';
import { moment } from './moment';
import { Namer } from './names';
import { emptyScene } from './scene';
import type { Thumbnail } from './thumbnails';
import { Timeline } from './timeline';

/** Of a longer run the last ones. */
const MOST = 60;

export class Film {
  /** Positions of the run, from its set-up on. */
  readonly frames: readonly number[];
  private readonly time: Timeline;
  private readonly names: Namer;
  private readonly palette: Palette;

  constructor({ setup, steps, names }: OpenedRun) {
    this.time = Timeline.from(fold(setup, emptyScene()), steps);
    this.names = new Namer(names);
    this.palette = new Palette(storedValues(this.time.setup, steps));
    const end = moment(steps);
    const beats = steps.slice(0, end).flatMap((step, nth) => (isBeat(step) && nth + 1 < end ? [nth + 1] : []));
    this.frames = [...new Set([0, ...beats, end])].slice(-MOST);
  }

  /** Number of the frame at the moment that matters. */
  get last(): number {
    return this.frames.length - 1;
  }

  at(nth: number): Thumbnail {
    const { names, palette } = this;
    return { scene: this.time.sceneAt(this.frames[Math.max(0, Math.min(this.last, nth))] ?? 0), names, palette };
  }
}
