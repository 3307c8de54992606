/** The run in time: a lane for each task, with what it did, slept through and held. */

import type { Chunk } from './chunk';
import { apply, fold } from './fold';
import type { Scene } from './scene';

export interface Span {
  from: number;
  to: number;
}

export interface Lane {
  task: number;
  asleep: Span[];
  /** The task holds a page exclusively busy. */
  busy: Span[];
  findings: number[];
}

export function lanes(setup: Scene, chunks: readonly Chunk[]): Lane[] {
  const scene = fold([], setup);
  const found = new Map<number, Lane>();
  const lane = (task: number): Lane => {
    let one = found.get(task);
    if (!one) {
      one = { task, asleep: [], busy: [], findings: [] };
      found.set(task, one);
    }
    return one;
  };
  chunks.forEach((chunk, at) => {
    lane(chunk.task);
    for (const rec of chunk.records) {
      apply(scene, rec);
      if (rec.kind === 'found') lane(rec.task).findings.push(at);
    }
    for (const task of scene.tasks.values()) if (task.waits) extend(lane(task.id).asleep, at);
    const holders = new Set<number>();
    for (const frame of scene.frames.values()) {
      if (frame.use !== 'free' && frame.busy.busy === 'exclusive') holders.add(frame.busy.owner);
    }
    for (const id of holders) if (found.has(id)) extend(lane(id).busy, at);
  });
  return [...found.values()];
}

function extend(spans: Span[], at: number): void {
  const last = spans.at(-1);
  if (last?.to === at) last.to = at + 1;
  else spans.push({ from: at, to: at + 1 });
}
