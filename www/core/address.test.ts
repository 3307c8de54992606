import { beforeEach, describe, expect, it } from 'vitest';
import { Address, isLink, type AddressBar } from './address';
import type { Clock } from './clock';
import type { Player } from './player';
import type { Problem } from './problem';

/** A history as a browser keeps it. */
class History implements AddressBar {
  entries = [''];
  at = 0;
  changes = 0;
  get hash(): string {
    return this.entries[this.at] ?? '';
  }
  replace(hash: string): void {
    this.entries[this.at] = hash;
    this.changes++;
  }
  push(hash: string): void {
    this.entries.length = ++this.at;
    this.replace(hash);
  }
}

/** Of the player what the address needs; the run is a string of decisions, the position a number. */
class Run {
  scenario = '';
  status = 'paused';
  decisions = 0;
  position = 0;
  chosen = '';
  warned: Problem[] = [];
  listeners: ((change: { by: string }) => void)[] = [];
  listen = (listener: (change: { by: string }) => void): void => void this.listeners.push(listener);
  warn = (differs: Problem[]): void => void (this.warned = differs);
  tell = (by = 'state'): void => this.listeners.forEach((one) => one({ by }));
  link = (selection?: string): Promise<string> => Promise.resolve(`#v1;${this.chosen};${this.position}${selection ?? ''}`);
  openLink = async (link: string): Promise<Problem | null> => {
    await Promise.resolve();
    const [, chosen, position] = link.split(';');
    if (chosen === 'slow') return { message: 'Stopped', stopped: true };
    if (position === undefined) return { message: 'the link is cut', remedy: 'copy it whole' };
    Object.assign(this, { scenario: 's', chosen, position: Number(position) });
    this.tell();
    return null;
  };
  step(): void {
    this.position++;
    this.tell();
  }
  choose(which: string): void {
    this.chosen += which;
    this.decisions++;
    this.step();
  }
}

describe('the address', () => {
  let bar: History;
  let run: Run;
  let address: Address;
  let due: Map<number, () => void>;
  let selected: string | undefined;
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 30; n++) await Promise.resolve();
  };
  const tick = async (): Promise<void> => {
    await settle();
    const now = [...due.values()];
    due.clear();
    for (const one of now) one();
    await settle();
  };
  const clock: Clock = {
    set: (_, one) => {
      due.set(due.size + 1, one);
      return due.size;
    },
    clear: (handle) => void due.delete(handle as number),
  };
  const home = async (): Promise<void> => {
    await Promise.resolve();
    Object.assign(run, { scenario: 's', chosen: 'home', position: 0, decisions: run.decisions + 1 });
    run.tell();
  };

  beforeEach(async () => {
    bar = new History();
    run = new Run();
    due = new Map();
    selected = undefined;
    address = new Address(run as unknown as Player, bar, clock, home, () => selected);
    await address.arrive();
    await settle();
  });

  const goTo = async (at: number): Promise<void> => {
    bar.at = at;
    await address.arrive();
    await settle();
  };

  it('holds the first state from the beginning, without a new entry', () => {
    expect(bar.entries).toEqual(['#v1;home;0']);
  });

  it('follows steps in one entry, not more often than browsers permit', async () => {
    for (let n = 0; n < 20; n++) {
      run.step();
      await settle();
    }
    expect(bar.changes).toBe(1);
    await tick();
    expect([bar.entries, bar.changes]).toEqual([['#v1;home;20'], 2]);
    await tick();
    run.step();
    await settle();
    expect([bar.hash, bar.changes]).toEqual(['#v1;home;21', 3]);
  });

  it('makes a new entry for each decision, and the one before holds the state before it', async () => {
    run.step();
    run.choose('A');
    run.step();
    run.choose('B');
    await tick();
    expect(bar.entries).toEqual(['#v1;home;1', '#v1;homeA;3', '#v1;homeAB;4']);
    await goTo(1);
    expect([run.chosen, run.position, bar.entries.length]).toEqual(['homeA', 3, 3]);
    await goTo(2);
    expect([run.chosen, run.position]).toEqual(['homeAB', 4]);
    await goTo(0);
    run.choose('C');
    await tick();
    expect(bar.entries).toEqual(['#v1;home;1', '#v1;homeC;2']);
  });

  it('drops what was asked before an arrival', async () => {
    run.choose('A');
    await tick();
    run.step();
    await goTo(0);
    await tick();
    expect(bar.entries).toEqual(['#v1;home;0', '#v1;homeA;1']);
  });

  it('follows what is looked at', async () => {
    selected = ';sel=B.va0';
    await tick();
    address.changed();
    await tick();
    expect(bar.entries).toEqual(['#v1;home;0;sel=B.va0']);
  });

  it('gives way to what is on the screen when a link was stopped, and stays where there is nothing', async () => {
    bar.push('#v1;slow;1');
    await goTo(bar.at);
    expect([bar.hash, run.chosen, run.warned]).toEqual(['#v1;home;0', 'home', []]);
    run.scenario = '';
    bar.replace('#v1;slow;1');
    await goTo(bar.at);
    expect([bar.hash, run.warned]).toEqual(['#v1;slow;1', []]);
  });

  it('does not carry what is too long for a link to the engine', async () => {
    run.openLink = () => Promise.reject(new Error('it was'));
    bar.push(`#v1;${'x'.repeat(2_000_000)}`);
    await goTo(bar.at);
    expect(run.warned).toEqual([{ message: 'link: 2000004 bytes are too many; a link has at most 131072', remedy: 'see that nothing else was copied with it' }]);
  });

  it('leaves a link that does not fit as it came, whatever the engine is at', async () => {
    bar.push('#v1;other;7;more');
    await goTo(bar.at);
    run.tell('work');
    await settle();
    expect(bar.hash).toBe('#v1;other;7;more');
  });

  it('leaves a link that cannot be opened as it is, shows what there is, and says why', async () => {
    run.scenario = '';
    bar.replace('#v1;cut');
    await goTo(0);
    expect([bar.hash, run.chosen, run.warned]).toEqual(['#v1;cut', 'home', [{ message: 'the link is cut', remedy: 'copy it whole' }, { message: 'Nothing of it could be shown: this is s.' }]]);
    run.step();
    await settle();
    expect(bar.hash).toBe('#v1;home;1');
  });

  it('knows a link from another part of an address', () => {
    expect(['#v1;t3', '#V12;', '#v1%3Bt3', '#about', '#v1', ''].map(isLink)).toEqual([true, true, true, false, false, false]);
  });
});
