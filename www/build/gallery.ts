/** The gallery as data: what the front door shows is worked out when the site is built, so that it needs no engine. */

import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { PICTURED } from '../core/gallery';
import { taken, type BuiltGallery } from '../core/thumbnails';
import { engineIn } from './engine';

const NAME = 'virtual:gallery';
const ID = '\0gallery';

/** Runs every scenario once, on its own kernel. */
export async function builtGallery(folder: string): Promise<BuiltGallery> {
  const driver = await engineIn(folder);
  const catalog = await driver.catalog();
  const gallery: BuiltGallery = { catalog, steps: {}, stills: {} };
  for (const info of catalog.scenarios) {
    const { steps, still } = await taken(driver, info);
    gallery.steps[info.name] = steps;
    if (PICTURED.includes(info.name)) gallery.stills[info.name] = still;
  }
  driver.end();
  return gallery;
}

/** Makes `virtual:gallery`, whose default export is a `BuiltGallery`. */
export function gallery(): Plugin {
  return {
    name: 'faultline-gallery',
    resolveId: (id) => (id === NAME ? ID : null),
    async load(id) {
      if (id !== ID) return null;
      const built = await builtGallery(fileURLToPath(new URL('../../pkg/single', import.meta.url)));
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(built))});`;
    },
  };
}
