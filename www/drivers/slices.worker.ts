/** The single-threaded engine, a slice of the recording at a time. */

import * as module from '../../pkg/single/faultline.js';
import type { EngineModule } from './engine';
import type { ReplayMessage } from './replay';
import { serve } from './rpc';
import { askPanicked, deathOf } from './trap';

/** Events between two looks at the counts: a few milliseconds of work. */
const SLICE = 1000;

const engine = module as unknown as EngineModule;

serve({
  run: async (bytes: Uint8Array, policy: string) => {
    await engine.default();
    const recording = new engine.Recording(bytes, { policy, workers: 0 });
    const memory = engine.linear_memory() as WebAssembly.Memory;
    for (let done = false; !done; ) {
      done = recording.advance(SLICE);
      // A view dies when the memory grows, so it is taken anew, and what it shows is copied.
      const counts = new Uint32Array(memory.buffer, recording.progress_at(), engine.Recording.progress_words()).slice();
      self.postMessage({ counts } satisfies ReplayMessage);
    }
    return recording.report();
  },
}, (error) => deathOf(error, askPanicked(engine), 'close other tabs'));
