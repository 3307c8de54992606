/** A search on all cores: this worker owns the pool that searches, and stays free for messages. */

import * as module from '../../../pkg/threads/faultline.js';
import type { EngineModule } from '../engine';
import { serveSearch } from './server';

const engine = module as unknown as EngineModule;

serveSearch(engine, async () => {
  await engine.default();
  await engine.initThreadPool?.(Math.max(1, navigator.hardwareConcurrency || 1));
});
