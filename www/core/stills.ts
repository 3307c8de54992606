/** Stills of scenarios: each is run once, one after another, and kept at the moment that matters. */

import type { Driver, ScenarioInfo } from '../drivers/driver';
import { Palette, storedValues } from './colors';
import { fold } from './fold';
import { moment } from './moment';
import { Namer } from './names';
import { emptyScene, type Scene } from './scene';

export interface Still {
  scene: Scene;
  names: Namer;
  palette: Palette;
}

export class Stills {
  private readonly known = new Map<string, Promise<Still>>();
  private tail: Promise<unknown> = Promise.resolve();

  /** `driver` runs nothing else. */
  constructor(private readonly driver: Driver) {}

  of(info: ScenarioInfo): Promise<Still> {
    let still = this.known.get(info.name);
    if (!still) {
      still = this.tail.then(() => this.take(info));
      this.tail = still.catch(() => undefined);
      this.known.set(info.name, still);
    }
    return still;
  }

  private async take(info: ScenarioInfo): Promise<Still> {
    const { setup, story, names } = await this.driver.open(info.text, info.policy);
    const before = fold(setup, emptyScene());
    // The same colours as in the player: in the order in which values appear.
    const palette = new Palette(storedValues(before, story));
    const scene = fold(story.slice(0, moment(story)).flatMap((chunk) => chunk.records), before);
    return { scene, names: new Namer(names), palette };
  }
}
