/** What the front door shows, worked out by the engine. */

import { PICTURED } from '../core/gallery';
import { taken, type BuiltGallery } from '../core/thumbnails';
import type { EngineModule } from '../drivers/engine';
import { driverOn } from './engine';
import { parsOf } from './pars';

/** Runs every scenario once, on its own kernel. */
export async function builtGallery(engine: EngineModule): Promise<BuiltGallery> {
  const driver = driverOn(engine);
  const catalog = await driver.catalog();
  const gallery: BuiltGallery = { catalog, steps: {}, stills: {}, pars: parsOf(engine, catalog) };
  for (const info of catalog.scenarios) {
    const { steps, still } = await taken(driver, info);
    gallery.steps[info.name] = steps;
    if (PICTURED.includes(info.name)) gallery.stills[info.name] = still;
  }
  driver.end();
  return gallery;
}
