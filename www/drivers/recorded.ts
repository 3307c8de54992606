/** A run that was recorded: it can be played and scrubbed, and nothing else. */

import type { Hint } from '../core/chunk';
import type { Catalog, Driver, Opened, Went } from './driver';

export class RecordedDriver implements Driver {
  constructor(
    private readonly listed: Catalog,
    private readonly recording: Opened,
  ) {}

  catalog(): Promise<Catalog> {
    return Promise.resolve(this.listed);
  }

  open(): Promise<Opened> {
    return Promise.resolve(this.recording);
  }

  describe(): Promise<never> {
    return Promise.reject(new Error('A recording has no text to be changed.'));
  }

  visit(): Promise<never> {
    return Promise.reject(new Error('A recording opens no links.'));
  }

  link(): Promise<never> {
    return Promise.reject(new Error('No link leads into a recording.'));
  }

  step(at: number, choice?: number): Promise<Went | null> {
    const chunk = this.recording.story[at];
    if (!chunk || (choice !== undefined && choice !== chunk.task)) {
      return Promise.reject(new Error('A recording cannot be taken another way.'));
    }
    return Promise.resolve({ names: this.recording.names, past: null, chunks: [chunk], told: this.recording.told });
  }

  perform(): Promise<never> {
    return Promise.reject(new Error('Nothing can be done by hand in a recording.'));
  }

  follow(): Promise<never> {
    return Promise.reject(new Error('A recording cannot be taken another way.'));
  }

  choices(): Promise<never> {
    return Promise.reject(new Error('Nobody chose anything in a recording.'));
  }

  peek(at: number): Promise<Hint[]> {
    return Promise.resolve(this.recording.story.slice(at, at + 1).map(({ task, text }) => ({ task, text })));
  }

  another(): RecordedDriver {
    return new RecordedDriver(this.listed, this.recording);
  }

  anew(): RecordedDriver {
    return this.another();
  }

  branch(): Promise<never> {
    return Promise.reject(new Error('A recording cannot be taken another way.'));
  }

  hear(): void {
    // Nothing takes long.
  }

  stop(): void {
    // Nothing takes long.
  }

  end(): void {
    // It holds nothing that would have to be given back.
  }
}
