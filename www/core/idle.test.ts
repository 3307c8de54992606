import { describe, expect, it } from 'vitest';
import { opened } from '../build/testing';
import { FASTER, idle, pace, shape } from './idle';
import { dwell } from './motion';
import { step } from './testing';
import type { Paragraph } from './story';

const told = (from: number, to: number, text: string): Paragraph => ({ task: 1, who: '*H*', from, to, sentences: [{ at: from, text }], short: '', wrong: false }) as unknown as Paragraph;

describe('a sentence without what it is about', () => {
  it('is the same for other names, values and places', () => {
    expect(shape('*H* stores H1 at `va1`.')).toBe(shape('*G* stores Y22 at `va7`.'));
    expect(shape('page 0 of o1 is zeroed')).toBe(shape('page 12 of M is zeroed'));
  });

  it('is another for something else', () => {
    expect(shape('*H* stores H1 at `va1`.')).not.toBe(shape('*H* reads `va1`.'));
    expect(shape('*A* frees `p0`.')).not.toBe(shape('*A* copies `p0`.'));
  });
});

describe('idle steps', () => {
  const says = (text: string) => step(1, [{ kind: 'page_zero', page: 1 }], { text });
  const silent = step(1, []);

  it('say nothing, or the same as the one before', () => {
    const steps = [says('*A* stores X at `va0`.'), says('*A* stores Y at `va1`.'), silent, says('*A* exits.'), says('*A* stores X at `va0`.')];
    expect(idle(steps, [])).toEqual([false, true, true, false, false]);
  });

  it('belong to a stretch of which the narrator says so', () => {
    const steps = [says('*H* faults.'), says('*H* zeroes page 1.'), says('*H* faults.'), says('*H* zeroes page 2.')];
    expect(idle(steps, [told(0, 2, 'faults and zeroes page 1.'), told(2, 4, '*H* does the same at `va2`.')])).toEqual([false, false, true, true]);
  });

  it('never have a finding', () => {
    const wrong = { ...says('*A* stores Y at `va1`.'), findings: [{} as never] };
    expect(idle([says('*A* stores X at `va0`.'), wrong], [])).toEqual([false, false]);
  });

  it('play faster, all others as before, unless that is switched off', () => {
    const steps = [says('*A* stores X at `va0`.'), says('*A* stores Y at `va1`.')];
    const at = (position: number, skipIdle: boolean): number => pace({ steps, narration: [], position, skipIdle });
    const full = dwell(steps[0]?.records ?? []);
    expect([at(1, true), at(2, true), at(1, false), at(2, false)]).toEqual([full, full / FASTER, full, full]);
  });
});

describe('the story of the front door', { timeout: 60_000 }, () => {
  it('takes much less time, and no moment of it that matters', async () => {
    const { steps, narration } = await opened('t3-story', '2019-12');
    const time = (skipIdle: boolean): number => steps.reduce((sum, _, nth) => sum + pace({ steps, narration, position: nth + 1, skipIdle }), 0);
    expect(narration.some((one) => one.sentences.some(({ text }) => text.includes('does the same')))).toBe(true);
    expect(time(true)).toBeLessThan(time(false) * 0.75);
    const idles = idle(steps, narration);
    for (const [nth, { records, findings }] of steps.entries()) {
      if (findings.length > 0 || records.some((rec) => rec.kind === 'bypass' || rec.kind === 'process_exit')) expect(idles[nth]).toBe(false);
    }
  });
});
