/** The threaded engine: this worker owns the pool, and stays free to learn if one of its workers dies. */

import * as module from '../../pkg/threads/faultline.js';
import type { EngineModule } from './engine';
import type { ReplayMessage } from './replay';
import { serve } from './rpc';
import { askPanicked, deathOf } from './trap';

/** Milliseconds between two looks at whether they are done. */
const LOOK = 5;

const engine = module as unknown as EngineModule;

serve({
  run: async (bytes: Uint8Array, policy: string, workers: number) => {
    await engine.default();
    await engine.initThreadPool?.(workers);
    const recording = new engine.Recording(bytes, { policy, workers });
    const memory = engine.linear_memory() as WebAssembly.Memory;
    self.postMessage({
      shared: memory.buffer as unknown as SharedArrayBuffer,
      at: recording.progress_at(),
      words: engine.Recording.progress_words(),
    } satisfies ReplayMessage);
    recording.start?.();
    while (recording.is_over?.() === false) await new Promise((resolve) => setTimeout(resolve, LOOK));
    return recording.report();
  },
}, (error) => deathOf(error, askPanicked(engine), 'use fewer workers, or close other tabs'));
