/** The threaded engine: this worker owns the pool and waits for it, which the page itself may not. */

import * as module from '../../pkg/threads/faultline.js';
import type { EngineModule } from './engine';
import type { Told } from './replay';
import { serve } from './rpc';

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
    } satisfies Told);
    recording.run?.();
    return recording.report();
  },
});
