/** The single-threaded engine, a slice of the recording at a time. */

import * as module from '../../pkg/single/faultline.js';
import type { RecordedLife } from '../core/lives';
import type { EngineModule, EngineRecording } from './engine';
import type { ReplayMessage } from './replay';
import { serve } from './rpc';
import { askPanicked, deathOf } from './trap';

/** Events between two looks at the counts: a few milliseconds of work. */
const SLICE = 1000;
/** Slices between two looks at the frames, which are a megabyte. */
const FRAMES = 8;

const engine = module as unknown as EngineModule;

function show(recording: EngineRecording, memory: WebAssembly.Memory, processes: number): void {
  const { Recording } = engine;
  recording.look();
  const frames = new Uint32Array(memory.buffer, recording.frames_at(), recording.frames() * Recording.frame_words()).slice();
  const chains = new Uint8Array(memory.buffer, recording.chains_at(), processes * Recording.bins()).slice();
  self.postMessage({ frames, chains } satisfies ReplayMessage, { transfer: [frames.buffer, chains.buffer] });
}

serve({
  run: async (bytes: Uint8Array, policy: string) => {
    await engine.default();
    const recording = new engine.Recording(bytes, { policy, workers: 0 });
    const memory = engine.linear_memory() as WebAssembly.Memory;
    const lives = recording.lives() as RecordedLife[];
    self.postMessage({ lives, bins: engine.Recording.bins() } satisfies ReplayMessage);
    for (let done = false, slices = 0; !done; slices++) {
      done = recording.advance(SLICE);
      // A view dies when the memory grows, so it is taken anew, and what it shows is copied.
      const counts = new Uint32Array(memory.buffer, recording.progress_at(), engine.Recording.progress_words()).slice();
      self.postMessage({ counts } satisfies ReplayMessage);
      if (slices % FRAMES === 0) show(recording, memory, lives.length);
    }
    const report = recording.report();
    show(recording, memory, lives.length);
    return report;
  },
}, (error) => deathOf(error, askPanicked(engine), 'close other tabs'));
