import { beforeEach, describe, expect, it } from 'vitest';
import { Commands } from './commands';
import { GRACE, PATIENCE, progressText } from './work';

const settle = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};

describe('commands', () => {
  let due: { ms: number; run: () => void }[];
  let commands: Commands;
  let ended: number;
  let log: string[];
  /** What the engine is at, and how it ends. */
  let engine: { resolve: () => void; reject: (reason: unknown) => void } | null;

  const work = (name: string) => (): Promise<void> => {
    log.push(name);
    return new Promise((resolve, reject) => (engine = { resolve, reject }));
  };
  const pass = (ms: number): void => due.filter((one) => one.ms === ms).forEach((one) => one.run());
  const opening = (name: string) => commands.run(work(name), { what: `Opening ${name}`, opens: true, again: () => Promise.resolve(log.push(`${name} again`)) });

  beforeEach(() => {
    [due, log, ended, engine] = [[], [], 0, null];
    commands = new Commands(
      {
        set: (ms, run) => {
          const one = { ms, run };
          due.push(one);
          return one;
        },
        clear: (handle) => (due = due.filter((one) => one !== handle)),
      },
      {
        end: () => {
          ended++;
          engine?.reject({ message: 'Stopped', stopped: true });
        },
        failed: () => undefined,
        working: () => undefined,
      },
    );
  });

  it('say what takes long, and how far it is, until it is over', async () => {
    const done = opening('a');
    await settle();
    expect(commands.work).toBeNull();
    commands.onProgress({ doing: 'set-up', turns: 12_400, of: null });
    pass(PATIENCE);
    expect(commands.work).toEqual({ what: 'Opening a', progress: { doing: 'set-up', turns: 12_400, of: null } });
    expect(progressText(commands.work?.progress ?? null)).toBe('Setting up: 12,400 turns');
    commands.onProgress({ doing: 'run', turns: 64, of: 128 });
    expect(progressText(commands.work?.progress ?? null)).toBe('Playing the schedule: 64 of 128');
    engine?.resolve();
    await done;
    expect([commands.work, commands.error]).toEqual([null, null]);
  });

  it('are stopped at any moment, and can be made again', async () => {
    const done = opening('a');
    await settle();
    commands.stop();
    expect(await done).toBeUndefined();
    expect(commands.error).toEqual({ message: 'Stopped while opening a.', stopped: true });
    await commands.again?.();
    expect(log).toEqual(['a', 'a again']);
  });

  it('that open a run take the place of all before them, at once or after a moment', async () => {
    void opening('a');
    await settle();
    void commands.run(work('a step'), { what: 'Taking a step' });
    void opening('b');
    const last = opening('c');
    await settle();
    expect([log, ended]).toEqual([['a'], 0]);
    pass(GRACE);
    await settle();
    expect([log, commands.error]).toEqual([['a', 'c'], null]);
    engine?.resolve();
    await last;
    expect(ended).toBeGreaterThan(0);
  });

  it('that end by themselves are left to', async () => {
    void opening('a');
    await settle();
    const last = opening('b');
    engine?.resolve();
    await settle();
    pass(GRACE);
    expect([log, ended]).toEqual([['a', 'b'], 0]);
    engine?.resolve();
    await last;
  });

  it('keep what went wrong, and tell it to who asks for it alone', async () => {
    const failing = commands.run(() => Promise.reject(new Error('no')), { what: 'Taking a step' });
    await failing;
    expect([commands.error, commands.again]).toEqual([{ message: 'no' }, null]);
    const problem = await commands.attempt(() => Promise.reject(new Error('no text')), { what: 'Playing the text', opens: true });
    expect([problem, commands.error]).toEqual([{ message: 'no text' }, null]);
  });
});
