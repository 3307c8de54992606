/** A run that was recorded: it can be played and scrubbed, and nothing else. */

import type { Hint } from '../core/step-record';
import type { Catalog, Driver, OpenedRun, StepResult } from './driver';

export class RecordedDriver implements Driver {
  constructor(
    private readonly listed: Catalog,
    private readonly recording: OpenedRun,
  ) {}

  catalog(): Promise<Catalog> {
    return Promise.resolve(this.listed);
  }

  require(): Promise<never> {
    return Promise.reject(new Error('A recording has no gallery.'));
  }

  open(): Promise<OpenedRun> {
    return Promise.resolve(this.recording);
  }

  describe(): Promise<never> {
    return Promise.reject(new Error('A recording has no text to be changed.'));
  }

  openLink(): Promise<never> {
    return Promise.reject(new Error('A recording opens no links.'));
  }

  link(): Promise<never> {
    return Promise.reject(new Error('No link leads into a recording.'));
  }

  step(at: number, choice?: number): Promise<StepResult | null> {
    const step = this.recording.steps[at];
    if (!step || (choice !== undefined && choice !== step.task)) {
      return Promise.reject(new Error('A recording cannot be taken another way.'));
    }
    const { names, narration } = this.recording;
    const nothing = { from: narration.length, items: [] };
    const same = { all: null, objects: { from: names.objects.length, items: [] }, pages: { from: names.pages.length, items: [] } };
    return Promise.resolve({ names: same, past: null, steps: [step], narration: nothing });
  }

  perform(): Promise<never> {
    return Promise.reject(new Error('A recording takes no manual operations.'));
  }

  follow(): Promise<never> {
    return Promise.reject(new Error('A recording cannot be taken another way.'));
  }

  slice(): Promise<never> {
    return Promise.reject(new Error('A recording does not know what its steps touched.'));
  }

  choices(): Promise<never> {
    return Promise.reject(new Error('A recording has no choices.'));
  }

  peek(at: number): Promise<Hint[]> {
    return Promise.resolve(this.recording.steps.slice(at, at + 1).map(({ task, text }) => ({ task, text })));
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

  onProgress(): void {
    // Nothing takes long.
  }

  stop(): void {
    // Nothing takes long.
  }

  end(): void {
    // It holds nothing that would have to be given back.
  }
}
