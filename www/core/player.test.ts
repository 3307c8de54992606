import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenedLink, Catalog, Driver, OpenedRun, StepResult } from '../drivers/driver';
import type { StepRecord } from './step-record';
import { Player, type Change } from './player';
import { sentence } from './problem';
import type { Paragraph } from './story';
import { step, names, oneProcess, records } from './testing';

const catalog: Catalog = {
  scenarios: [{ name: 's', title: 'S', group: '', about: '', by: '', when: '', where: '', review: '', watch: [], seek: '', text: 'source', policy: 'main' }],
  presets: [],
  switches: [],
  settings: [],
  defects: [],
};
const wrong: StepRecord = step(0, [], {
  findings: [{ kind: 'foreign', property: 'oracle', step: 1, task: 'A1', object: null, page: null, page_name: null, mappings: [], tasks: [], detail: 'it read X', told: [] }],
});
const free: StepRecord = step(0, [{ kind: 'page_free', page: 7 }]);

/** A story of one paragraph that ends at this position. */
const narration = (to: number): Paragraph[] => [{ task: 0, who: 'A1', from: 0, to, sentences: [], short: '', wrong: false }];
/** What a step sends: the paragraph goes on, and there is an object more. */
const changed = (to: number) => ({
  names: { all: null, objects: { from: names.objects.length, items: [{ id: 9, from: 900, name: 'o9' }] }, pages: { from: names.pages.length, items: [] } },
  narration: { from: 0, items: narration(to) },
});

class Scripted implements Driver {
  asked: [number, number | undefined][] = [];
  story = Array.from({ length: 70 }, (_, nth) => step(0, nth === 40 ? free.records : [], { done: nth === 69 }));
  catalog = () => Promise.resolve(catalog);
  require = (name: string) => Promise.reject(Object.assign(new Error(`the gallery has no scenario \`${name}\``), { near: 's' }));
  open = (): Promise<OpenedRun> =>
    Promise.resolve({ names, setup: records(...oneProcess), runnable: free.runnable, steps: this.story, findings: [], narration: narration(70) });
  step = (at: number, choice?: number): Promise<StepResult> => {
    this.asked.push([at, choice]);
    return Promise.resolve({ past: null, steps: [step(choice ?? 0, [])], ...changed(at + 1) });
  };
  describe = (source: string) => {
    if (source === 'wrong') return Promise.reject(Object.assign(new Error('expected `}`'), { line: 3, column: 1, remedy: 'close it' }));
    return Promise.resolve({ ...catalog.scenarios[0]!, title: 'mine', text: source });
  };
  openLink = async (link: string): Promise<OpenedLink> => {
    if (link !== '#v1;s') throw Object.assign(new Error('link, scenario at character 4'), { remedy: 'copy the whole link' });
    const rest = { scenario: 's', text: 'mine', gallery: false, policy: 'main', selection: 'B.va0', differs: ['another revision'], another_story: false };
    return { opened: await this.open(), position: 3, ...rest };
  };
  link = (at: number, selection?: string) => Promise.resolve(`#v1;s;t=${at}${selection ? `;sel=${selection}` : ''}`);
  run = [step(0, []), wrong, step(0, [])];
  follow = (): Promise<OpenedRun> =>
    Promise.resolve({ names, setup: records(...oneProcess), runnable: free.runnable, steps: this.run, findings: [], narration: [] });
  slice = (at: number) => Promise.resolve([0, 2, at]);
  choices = (at: number) => Promise.resolve(`a${at}`);
  ended = false;
  branched: number[] = [];
  peek = () => Promise.resolve([{ task: 0, text: 'faults' }]);
  another = () => new Scripted();
  /** Runs that were opened, and those of them that nobody asks any more. */
  beside: Driver[] = [];
  gone: Driver[] = [];
  anew = (): Driver => {
    const other = Object.create(this, { end: { value: () => this.gone.push(other) } }) as Driver;
    this.beside.push(other);
    return other;
  };
  branch = (at: number): Promise<Driver> => {
    this.branched.push(at);
    const other = new Scripted();
    other.step = (from, choice) => this.step(from, choice);
    return Promise.resolve(other);
  };
  onProgress = () => undefined;
  stop = () => undefined;
  end = () => {
    this.ended = true;
  };
  perform = () => Promise.resolve({ past: null, steps: [step(2, []), step(2, [], { done: true })], ...changed(0) });
}

describe('the player', () => {
  let driver: Scripted;
  let player: Player;
  let due: (() => void)[];
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) await Promise.resolve();
  };

  beforeEach(async () => {
    driver = new Scripted();
    due = [];
    player = new Player(driver, {
      set: (_, run) => {
        due.push(run);
        return run;
      },
      clear: (handle) => (due = due.filter((run) => run !== handle)),
    });
    await player.start('s', 'main');
  });

  it('stands before the first step after loading', () => {
    expect([player.position, player.status, player.length]).toEqual([0, 'paused', 70]);
    expect(player.scene.frames.get(7)?.use).toBe('page');
  });

  it('folds to any position, forward and back', async () => {
    await player.seek(41);
    expect(player.scene.frames.get(7)?.use).toBe('free');
    await player.back();
    expect(player.scene.frames.get(7)?.use).toBe('page');
    await player.seek(70);
    expect([player.scene.frames.get(7)?.use, player.atEnd]).toEqual(['free', true]);
  });

  it('follows the known run without asking, and another choice makes another run', async () => {
    await player.step();
    await player.step(0);
    expect([player.position, driver.asked]).toEqual([2, []]);
    await player.step(1);
    expect([player.position, player.length, driver.asked]).toEqual([3, 3, [[2, 1]]]);
    expect(player.steps[2]?.task).toBe(1);
  });

  it('keeps what was ahead when another way is taken, and goes back to it', async () => {
    await player.seek(40);
    await player.step(1);
    await player.step(0);
    expect([player.length, driver.branched]).toEqual([42, [40]]);
    const [story] = player.branches;
    expect(story).toMatchObject({ at: 40, task: 0, length: 70, finding: null });
    expect(player.narration).toEqual(narration(42));
    expect([player.names.objectBorn(900), player.names.objectBorn(1)]).toEqual(['o9', 'O']);
    if (!story) return;
    const { decisions } = player;
    await player.take(story);
    expect(player.decisions).toBe(decisions + 1);
    // Both runs are the same up to where they part: the picture does not jump further than there.
    expect([player.position, player.length]).toEqual([40, 70]);
    expect(player.narration).toEqual(narration(70));
    await player.step(0);
    expect(player.scene.frames.get(7)?.use).toBe('free');
    const [mine] = player.branches;
    expect(mine).toMatchObject({ at: 40, task: 1, length: 42 });
    await player.load('s', 'main');
    expect(player.branches).toEqual([]);
  });

  it('opens what a search has found where it shows', async () => {
    const found = { scenario: 's', source: 'smaller', policy: 'main', choices: 'ab' };
    await player.follow({ ...found, turns: 2 });
    expect([player.position, player.length, player.edited, player.isStored]).toEqual([2, 3, true, false]);
    expect(await player.choices()).toBe('a2');
    // Something else was broken before: what was looked for is what is shown.
    driver.run = [step(0, []), wrong, step(0, []), wrong];
    await player.follow({ ...found, turns: 4 });
    expect(player.position).toBe(4);
    // What only the end of the run shows is not a step of its own.
    await player.follow({ ...found, turns: 3 });
    expect(player.position).toBe(2);
  });

  it('keeps the run on the screen, and whoever knows it, where another one cannot be opened or is not wanted any more', async () => {
    const [on] = driver.beside;
    expect([await player.openLink('#v1'), await player.edit('wrong')]).toEqual([expect.anything(), expect.anything()]);
    let open: (opened: OpenedRun) => void = () => undefined;
    driver.open = () => new Promise((resolve) => (open = resolve));
    const dropped = player.load('s', 'main');
    await settle();
    void player.openLink('#v1');
    open(await driver.follow());
    await dropped;
    await settle();
    expect([player.length, driver.gone.includes(on!)]).toEqual([70, false]);
    expect(driver.gone.length).toBe(driver.beside.length - 1);
  });

  it('drops old branches but never the story', async () => {
    for (let n = 0; n < 12; n++) {
      await player.seek(0);
      await player.step(1 + (n % 2));
    }
    const { branches } = player;
    expect(branches.length).toBe(8);
    expect(branches[0]?.length).toBe(70);
  });

  it('plays to the end and stops there', async () => {
    player.toggle();
    expect(player.status).toBe('playing');
    for (let n = 0; n < 80 && due.length > 0; n++) {
      due.shift()?.();
      await settle();
    }
    expect([player.position, player.status]).toEqual([70, 'paused']);
  });

  it('does things by hand, and back undoes them', async () => {
    await player.seek(5);
    await player.perform(0, { op: 'fork' });
    expect([player.length, player.status]).toEqual([7, 'playing']);
    due.shift()?.();
    await settle();
    expect(player.position).toBe(6);
    await player.back();
    expect([player.position, player.status]).toEqual([5, 'paused']);
  });

  it('tells what changed', async () => {
    const heard: Change['by'][] = [];
    player.listen((change) => heard.push(change.by));
    await player.step();
    await player.seek(0);
    expect(heard).toEqual(['step', 'jump']);
  });

  it('goes to what a link shows, and keeps what does not fit', async () => {
    expect(await player.openLink('#v1;s')).toBe(null);
    expect([player.position, player.length, player.looked, player.differs]).toEqual([3, 70, 'B.va0', [{ message: 'another revision' }]]);
    expect([player.edited, player.info?.title, await player.link()]).toEqual([true, 'mine', '#v1;s;t=3']);
    expect(await player.openLink('#v1')).toEqual({ message: 'link, scenario at character 4', remedy: 'copy the whole link' });
    expect([player.position, player.differs]).toEqual([3, [{ message: 'another revision' }]]);
    await player.load('s', 'main');
    expect([player.position, player.edited, player.differs]).toEqual([0, false, []]);
  });

  it('goes from beat to beat among what matters for a finding, until the run is another one', async () => {
    driver.story.forEach((one, nth) => (one.quiet = nth % 2 === 1));
    await player.beat();
    expect(player.position).toBe(1);
    await player.lookAt(41);
    expect(player.slice).toEqual({ at: 41, steps: new Set([0, 2, 40]) });
    const stops: number[] = [];
    for (let n = 0; n < 4; n++) {
      await player.beat();
      stops.push(player.position);
    }
    expect(stops).toEqual([3, 41, 43, 45]);
    await player.seek(2);
    await player.step(7);
    expect([player.position, player.slice]).toEqual([3, null]);
    await player.lookAt(2);
    await player.lookAt(null);
    expect(player.slice).toBe(null);
  });

  it('says which scenario may have been meant where the gallery has none of the name', async () => {
    await player.load('sx', 'main');
    expect(player.error && sentence(player.error)).toBe('the gallery has no scenario `sx`; did you mean `s`?');
    expect(player.scenario).toBe('s');
  });

it('plays an edited text, and says where a wrong one is wrong', async () => {
    await player.step();
    expect(await player.edit('wrong')).toMatchObject({ message: 'expected `}`', line: 3, column: 1, remedy: 'close it' });
    expect([player.position, player.source, player.error]).toEqual([1, 'source', null]);
    expect(await player.edit('better')).toBe(null);
    expect([player.position, player.source, player.edited, player.gallerySource]).toEqual([0, 'better', true, 'source']);
    await player.under('2021');
    expect([player.policy, player.source]).toEqual(['2021', 'better']);
  });

  it('counts what the reader decides, and steps are no decisions', async () => {
    const before = player.decisions;
    await player.step();
    await player.back();
    expect(player.decisions).toBe(before);
    await player.step(0);
    await player.step(1);
    await player.perform(0, { op: 'fork' });
    expect(player.decisions).toBe(before + 3);
  });

  it('keeps an error as something to show', async () => {
    driver.step = () => Promise.reject(Object.assign(new Error('no such task'), { remedy: 'choose another' }));
    await player.step(1);
    expect(player.error).toEqual({ message: 'no such task', remedy: 'choose another' });
    expect([player.length, player.branches]).toEqual([70, []]);
  });
});
