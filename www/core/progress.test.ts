import { describe, expect, it } from 'vitest';
import { Progress } from './progress';

function memory(initial?: string) {
  let text = initial ?? null;
  return { getItem: () => text, setItem: (_: string, to: string) => void (text = to) };
}

describe('progress', () => {
  it('is there again in the next visit, with the best that was reached', () => {
    const store = memory();
    const first = new Progress(() => store);
    first.reached('t3', 4);
    first.reached('t3', 2);
    first.reached('t3', 3);
    first.proven('t3');
    expect(new Progress(() => store).of('t3')).toEqual({ best: 2, proven: true });
    expect(new Progress(() => store).of('sh')).toBeNull();
  });

  it('begins anew where what is stored is something else', () => {
    for (const text of ['{', '7', 'null', '{"t3":4}', '{"t3":{"best":"2","proven":true}}']) expect(new Progress(() => memory(text)).of('t3')).toBeNull();
  });

  it('lasts as long as the page where the browser stores nothing', () => {
    const progress = new Progress(() => {
      throw new Error('denied');
    });
    progress.reached('t3', 2);
    expect(progress.of('t3')?.best).toBe(2);
  });
});
