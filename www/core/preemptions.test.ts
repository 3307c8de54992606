import { describe, expect, it } from 'vitest';
import { preemptions } from './preemptions';
import { step } from './testing';

const runnable = (...tasks: number[]) => ({ runnable: tasks.map((task) => ({ task, at: 'begin' as const })) });

describe('preemptions', () => {
  it('are switches away from a task that could have gone on, and nothing else', () => {
    const steps = [
      step(0, [], runnable(0, 1)),
      // Task 0 could have gone on.
      step(1, [], runnable(0)),
      // Task 1 could not.
      step(0, [], runnable(0, 1)),
      step(0, [], runnable(0, 1)),
      step(1, [], runnable(0, 1)),
    ];
    expect([0, 1, 2, 3, 4, 5].map((position) => preemptions(steps, position))).toEqual([0, 0, 1, 1, 1, 2]);
  });
});
