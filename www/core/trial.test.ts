import { describe, expect, it, vi } from 'vitest';
import type { Driver, OpenedRun } from '../drivers/driver';
import { names, oneProcess, records, step } from './testing';
import { Trial } from './trial';

const opened: OpenedRun = { names, setup: records(...oneProcess), runnable: [], steps: [step(0, [])], findings: [], narration: [] };

/** A clock that rings when it is told to, and a driver that answers when it is told to. */
function parts() {
  const rings = new Map<object, () => void>();
  const clock = {
    set: (_: number, run: () => void): object => {
      const handle = {};
      rings.set(handle, run);
      return handle;
    },
    clear: (handle: unknown): void => void rings.delete(handle as object),
  };
  const answers: ((text: string) => void)[] = [];
  const open = vi.fn((text: string) => new Promise<OpenedRun>((resolve, reject) => answers.push(() => (text === 'wrong' ? reject(new Error('no')) : resolve(opened)))));
  const stop = vi.fn();
  const trial = new Trial({ open, stop } as unknown as Driver, clock);
  const ring = (): void => {
    const due = [...rings.values()];
    rings.clear();
    due.forEach((run) => run());
  };
  return { trial, ring, open, stop, answer: () => answers.splice(0).forEach((one) => one('')) };
}

describe('a trial', () => {
  it('runs the last text once its writer rests', async () => {
    const { trial, ring, open, answer } = parts();
    trial.write('a', 'main');
    trial.write('ab', 'main');
    ring();
    expect(open.mock.calls.map(([text]) => text)).toEqual(['ab']);
    answer();
    await vi.waitFor(() => expect(trial.outcome?.steps).toBe(1));
    expect(trial.pending).toBe(false);
  });

  it('says what is wrong, until the text is another', async () => {
    const { trial, ring, answer } = parts();
    trial.write('wrong', 'main');
    ring();
    answer();
    await vi.waitFor(() => expect(trial.problem?.message).toBe('no'));
    trial.write('right', 'main');
    expect(trial.problem).toBeNull();
  });

  it('stops a run of a text that is no longer wanted', () => {
    const { trial, ring, stop } = parts();
    trial.write('a', 'main');
    ring();
    trial.write('b', 'main');
    expect(stop).toHaveBeenCalledOnce();
    trial.drop();
    ring();
    expect(stop).toHaveBeenCalledOnce();
  });
});
