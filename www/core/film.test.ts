import { describe, expect, it } from 'vitest';
import type { OpenedRun } from '../drivers/driver';
import { Film } from './film';
import { names, oneProcess, records, step } from './testing';

const run = (steps: OpenedRun['steps']): OpenedRun => ({ names, setup: records(...oneProcess), runnable: [], steps, findings: [], narration: [] });
const quiet = step(0, []);
const says = step(0, [], { text: 'A1 writes' });
const shows = step(0, [{ kind: 'page_free', page: 7 }]);
const finds = step(0, [{ kind: 'found', finding: 'stale', object: null, page: null, detail: 0 } as never]);

describe('a film', () => {
  it('goes from the set-up by beats to the moment that matters, and no further', () => {
    expect(new Film(run([quiet, says, quiet, shows, quiet, finds, says])).frames).toEqual([0, 2, 4, 6]);
  });

  it('shows each time the scene of its frame', () => {
    const film = new Film(run([says, shows]));
    expect([film.last, film.at(0).scene.frames.get(7)?.use, film.at(film.last).scene.frames.get(7)?.use]).toEqual([2, 'page', 'free']);
  });

  it('is one picture where nothing runs', () => {
    expect(new Film(run([])).frames).toEqual([0]);
  });
});
