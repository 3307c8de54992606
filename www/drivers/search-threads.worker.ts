/** A search on all cores: this worker owns the pool that searches, and stays free to hear what it is to do. */

import * as module from '../../pkg/threads/faultline.js';
import type { EngineModule } from './engine';
import { serveSearch } from './search-service';

const engine = module as unknown as EngineModule;

serveSearch(engine, async () => {
  await engine.default();
  await engine.initThreadPool?.(Math.max(1, navigator.hardwareConcurrency || 1));
});
