/** Thumbnails of scenarios: the scene of the moment that matters, taken when the site is built. */

import type { Catalog, Driver, OpenedRun, ScenarioInfo } from '../drivers/driver';
import { Palette, storedValues } from './colors';
import type { Value } from './events';
import { fold } from './fold';
import { moment } from './moment';
import { Namer, type Names } from './names';
import { pack, unpack } from './packed';
import { emptyScene, type Scene } from './scene';

export interface Thumbnail {
  scene: Scene;
  names: Namer;
  palette: Palette;
}

/** What is stored of a thumbnail: its values in the order in which they appear, for the same colours as in the player. */
interface Still {
  scene: Scene;
  names: Names;
  values: Value[];
}

/** What the gallery knows without an engine. */
export interface BuiltGallery {
  catalog: Catalog;
  /** Length of each scenario's run on its own kernel. */
  steps: Record<string, number>;
  /** Packed stills by scenario. */
  stills: Record<string, string>;
  /** The fewest preemptions that reach the aim of a level, by scenario. */
  pars: Record<string, number>;
}

/** The still of a run at the moment that matters. */
function stillOf({ setup, steps, names }: OpenedRun): Still {
  const before = fold(setup, emptyScene());
  const values = [...new Set(storedValues(before, steps))];
  return { scene: fold(steps.slice(0, moment(steps)).flatMap((step) => step.records), before), names, values };
}

const thumbnail = ({ scene, names, values }: Still): Thumbnail => ({ scene, names: new Namer(names), palette: new Palette(values) });

/** Runs a scenario on its own kernel: how long that is, and its packed still. */
export async function taken(driver: Driver, info: ScenarioInfo): Promise<{ steps: number; still: string }> {
  const opened = await driver.open(info.text, info.policy);
  return { steps: opened.steps.length, still: pack(stillOf(opened)) };
}

export class Thumbnails {
  private readonly known = new Map<string, Thumbnail>();

  constructor(private readonly built: Pick<BuiltGallery, 'stills'>) {}

  /** The thumbnail of a scenario, if it has one. */
  of(scenario: string): Thumbnail | null {
    const known = this.known.get(scenario);
    const still = this.built.stills[scenario];
    if (known || still === undefined) return known ?? null;
    const made = thumbnail(unpack(still) as Still);
    this.known.set(scenario, made);
    return made;
  }
}
