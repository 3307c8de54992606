import { describe, expect, it } from 'vitest';
import { insertion, type Snippet } from './insert';

const TEXT = `pages 2

setup {
  process G
  G: mmap va0; store va0 X0 # at first
  G: fork A
}

task T of A: store va0 X1
task G of G { load va0; exit }

expect no finding
`;

function inserted(text: string, line: string, what: Snippet): { lines: string[]; selected: string } {
  const { at, text: more, select } = insertion(text, text.indexOf(line), what);
  const made = text.slice(0, at) + more + text.slice(at);
  const before = new Set(text.split('\n'));
  return { lines: made.split('\n').filter((one) => one !== '' && !before.has(one)), selected: made.slice(...select) };
}

describe('what is inserted', () => {
  it('is a task of a process that there is, with a name that is free, behind the last task', () => {
    expect(inserted(TEXT, 'pages', 'task')).toEqual({ lines: ['task U of G: load va0'], selected: 'load va0' });
    const { at } = insertion(TEXT, 0, 'task');
    expect(TEXT.slice(0, at).endsWith('exit }')).toBe(true);
  });

  it('is a fork behind the operations of the line, before its comment, or in the set-up', () => {
    expect(inserted(TEXT, '  G: mmap', 'fork')).toEqual({ lines: ['  G: mmap va0; store va0 X0; fork C # at first'], selected: 'fork C' });
    expect(inserted(TEXT, 'task T', 'fork').lines).toEqual(['task T of A: store va0 X1; fork C']);
    const { at } = insertion(TEXT, 0, 'fork');
    expect(TEXT.slice(0, at).endsWith('  G: fork A')).toBe(true);
    for (const line of ['pages', 'expect', 'task G']) expect(inserted(TEXT, line, 'fork').lines).toEqual(['  G: fork C']);
  });

  it('is an expectation behind the others, or at the end', () => {
    expect(inserted(TEXT, 'pages', 'expect')).toEqual({ lines: ['expect G va0 = X0'], selected: 'X0' });
    expect(inserted('setup { process P }', 'setup', 'expect').lines).toEqual(['expect P va0 = X0']);
  });
});
