import { beforeEach, describe, expect, it } from 'vitest';
import type { Catalog, Driver, Opened, Went } from '../drivers/driver';
import type { Chunk } from './chunk';
import { Player, type Change } from './player';
import { chunk, names, oneProcess, records } from './testing';

const catalog: Catalog = {
  scenarios: [{ name: 's', title: 'S', by: '', when: '', where: '', review: '', watch: [], text: 'source', policy: 'main' }],
  presets: [],
  switches: [],
};
const free: Chunk = chunk(0, [{ kind: 'page_free', page: 7 }]);

class Scripted implements Driver {
  asked: [number, number | undefined][] = [];
  story = Array.from({ length: 70 }, (_, nth) => chunk(0, nth === 40 ? free.records : [], { done: nth === 69 }));
  catalog = () => Promise.resolve(catalog);
  open = (): Promise<Opened> =>
    Promise.resolve({ names, setup: records(...oneProcess), runnable: free.runnable, story: this.story, findings: [] });
  step = (at: number, choice?: number): Promise<Went> => {
    this.asked.push([at, choice]);
    return Promise.resolve({ names, past: null, chunks: [chunk(choice ?? 0, [])] });
  };
  perform = () => Promise.resolve({ names, past: null, chunks: [chunk(2, []), chunk(2, [], { done: true })] });
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
      set: (_, run) => due.push(run),
      clear: () => (due = []),
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
    expect(player.chunks[2]?.task).toBe(1);
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

  it('keeps an error as something to show', async () => {
    driver.step = () => Promise.reject(Object.assign(new Error('no such task'), { remedy: 'choose another' }));
    await player.step(1);
    expect(player.error).toEqual({ message: 'no such task', remedy: 'choose another' });
  });
});
