/** Thumbnails of scenarios: each is run once, one after another, and kept at the moment that matters. */

import type { Driver, ScenarioInfo } from '../drivers/driver';
import { Palette, storedValues } from './colors';
import { fold } from './fold';
import { moment } from './moment';
import { Namer } from './names';
import { emptyScene, type Scene } from './scene';

export interface Thumbnail {
  scene: Scene;
  names: Namer;
  palette: Palette;
}

export class Thumbnails {
  private readonly known = new Map<string, Promise<Thumbnail>>();
  private tail: Promise<unknown> = Promise.resolve();

  /** `driver` runs nothing else. */
  constructor(private readonly driver: Driver) {}

  of(info: ScenarioInfo): Promise<Thumbnail> {
    let thumbnail = this.known.get(info.name);
    if (!thumbnail) {
      thumbnail = this.tail.then(() => this.take(info));
      this.tail = thumbnail.catch(() => undefined);
      this.known.set(info.name, thumbnail);
    }
    return thumbnail;
  }

  private async take(info: ScenarioInfo): Promise<Thumbnail> {
    const { setup, steps, names } = await this.driver.open(info.text, info.policy);
    const before = fold(setup, emptyScene());
    // The same colours as in the player: in the order in which values appear.
    const palette = new Palette(storedValues(before, steps));
    const scene = fold(steps.slice(0, moment(steps)).flatMap((step) => step.records), before);
    return { scene, names: new Namer(names), palette };
  }
}
