/** A search on one thread of its own, where the page shares no memory. */

import * as module from '../../../pkg/single/faultline.js';
import type { EngineModule } from '../engine';
import { serveSearch } from './server';

const engine = module as unknown as EngineModule;

serveSearch(engine, () => engine.default());
