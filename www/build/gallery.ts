/** The gallery as data: what the front door shows is worked out when the site is built, so that it needs no engine. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runnerImport, type Plugin } from 'vite';
import type { EngineModule } from '../drivers/engine';

const NAME = 'virtual:gallery';
const ID = '\0gallery';

type NodeModule = EngineModule & { initSync(options: { module: Uint8Array }): unknown };

/** The package of one thread, ready to be called. */
export async function engine(): Promise<EngineModule> {
  const place = new URL('../../pkg/single/', import.meta.url);
  const module = (await import(new URL('faultline.js', place).href)) as NodeModule;
  module.initSync({ module: await readFile(new URL('faultline_bg.wasm', place)) });
  return module;
}

/** Makes `virtual:gallery`, whose default export is a `BuiltGallery`. */
export function gallery(): Plugin {
  return {
    name: 'faultline-gallery',
    resolveId: (id) => (id === NAME ? ID : null),
    async load(id) {
      if (id !== ID) return null;
      // By the bundler's own loader: the page's sources are not written for Node.
      const data = fileURLToPath(new URL('./gallery-data.ts', import.meta.url));
      const { module } = await runnerImport<typeof import('./gallery-data')>(data);
      const built = await module.builtGallery(await engine());
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(built))});`;
    },
  };
}
