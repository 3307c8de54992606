/** The threaded engine: this worker owns the pool, and stays free to learn if one of its workers dies. */

import * as module from '../../pkg/threads/faultline.js';
import type { RecordedLife } from '../core/lives';
import type { EngineModule } from './engine';
import type { ReplayMessage } from './replay';
import { serve } from './rpc';
import { askPanicked, deathOf } from './trap';

/** Milliseconds between two looks at whether they are done. */
const LOOK = 5;
/** Looks between two at which frames are in use. */
const FRAMES = 20;

const engine = module as unknown as EngineModule;

serve({
  run: async (bytes: Uint8Array, policy: string, workers: number) => {
    await engine.default();
    await engine.initThreadPool?.(workers);
    const recording = new engine.Recording(bytes, { policy, workers });
    const memory = engine.linear_memory() as WebAssembly.Memory;
    const { Recording } = engine;
    const lives = recording.lives() as RecordedLife[];
    self.postMessage({ lives, bins: Recording.bins() } satisfies ReplayMessage);
    self.postMessage({
      shared: memory.buffer as unknown as SharedArrayBuffer,
      counts: { at: recording.progress_at(), length: Recording.progress_words() },
      frames: { at: recording.frames_at(), length: recording.frames() * Recording.frame_words() },
      chains: { at: recording.chains_at(), length: lives.length * Recording.bins() },
    } satisfies ReplayMessage);
    recording.start?.();
    for (let looks = 0; recording.is_over?.() === false; looks++) {
      if (looks % FRAMES === 0) recording.look();
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    const report = recording.report();
    recording.look();
    return report;
  },
}, (error) => deathOf(error, askPanicked(engine), 'use fewer workers, or close other tabs'));
