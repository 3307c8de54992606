import { describe, expect, it } from 'vitest';
import { tense, toldAt, type Paragraph } from './story';

const paragraph = (task: number, ...at: number[]): Paragraph => ({
  task,
  who: `T${task}`,
  from: at[0] ?? 0,
  to: (at.at(-1) ?? 0) + 1,
  sentences: at.map((one) => ({ text: '', wrong: false, at: one })),
  short: '',
  wrong: false,
});
/** Two tasks in turn; nothing is said at steps 1 and 5. */
const narration = [paragraph(0, 0, 2), paragraph(1, 3, 3, 4), paragraph(0, 6)];

describe('the story', () => {
  it('tells the sentences of the last step that says something', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((position) => toldAt(narration, position))).toEqual([-1, 0, 0, 2, 3, 4, 4, 6]);
  });

  it('has nothing done that has not happened', () => {
    for (let position = 0; position <= 7; position++) {
      const told = toldAt(narration, position);
      for (const { sentences } of narration) {
        for (const { at } of sentences) expect(tense(at, told) === 'to-come').toBe(at >= position);
      }
    }
  });
});
