import { describe, expect, it } from 'vitest';
import { isBeat, previousBeat, score } from './beats';
import { step } from './testing';
import type { Finding } from './events';
import type { Paragraph } from './story';

const silent = step(0, [{ kind: 'point', at: 'object_lock' }]);
const seen = step(0, [{ kind: 'page_free', page: 1 }]);
const said = step(0, [], { text: '*A* wakes up.' });
const finding: Finding = { kind: 'foreign', property: 'oracle', step: 1, task: 'A', object: null, page: null, page_name: null, mappings: [], tasks: [], detail: '', told: [] };
const found = step(0, [], { findings: [finding] });
const parted = step(0, [], { parted: [{ directive: 'A until end', turn: 5, why: 'it sleeps' }] });
const steps = [silent, seen, silent, said, found, parted];
const paragraph = (at: number): Paragraph => ({ task: 0, who: 'A', from: 0, to: 6, sentences: [{ text: '', wrong: false, at }], short: '', wrong: false });

describe('beats', () => {
  it('are the steps that say, find or show something', () => {
    expect(steps.map(isBeat)).toEqual([false, true, false, true, true, false]);
    expect(score(steps, []).beats).toEqual([0, 0, 1, 1, 2, 3, 3]);
  });

  it('lead back to the beat before, and then to the start', () => {
    expect([6, 5, 4, 3, 2, 1, 0].map((position) => previousBeat({ steps, position, slice: null }))).toEqual([5, 4, 2, 2, 0, 0, 0]);
    const slice = { at: 5, steps: new Set([0, 3, 4]) };
    expect([6, 5, 4, 3, 2, 1, 0].map((position) => previousBeat({ steps, position, slice }))).toEqual([5, 4, 0, 0, 0, 0, 0]);
  });

  it('are marked where a stretch begins, where something is found and where a schedule was left', () => {
    expect(score(steps, [paragraph(1), paragraph(4), paragraph(9)]).marks).toEqual([
      { at: 2, kind: 'stretch' },
      { at: 5, kind: 'finding' },
      { at: 6, kind: 'parting' },
    ]);
  });

  it('are counted once for a run, and anew for another narration of it', () => {
    const narration = [paragraph(1)];
    expect(score(steps, narration)).toBe(score(steps, narration));
    expect(score(steps, [paragraph(3)]).marks[0]).toEqual({ at: 4, kind: 'stretch' });
  });
});
