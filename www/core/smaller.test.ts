import { describe, expect, it } from 'vitest';
import { takenAway } from './smaller';

const BEFORE = `title A
watch store fork

setup {
  process G
  G: mmap va0; store va0 X0; store va1 Y0 # store
  name O = object G va0
  G: fork A
  name S = object A va0
  expect ref(O) = 2
}

task A1 of A: store va0 Z0

schedule story {
  A1 until end
}
`;

describe('a smaller scenario', () => {
  it('says which names and operations of the story are gone, and how many lines that are', () => {
    const after = `title A
swap 16
setup {
  process G
  G: mmap va0 2 rw private; store va0 X0
  name O = object G va0
  G: fork A
}
task A1 of A { store va0 Z0 }
`;
    expect(takenAway(BEFORE, after)).toBe('1 line fewer: without S and one store');
    expect(takenAway(BEFORE, after.replace(/^task.*$/m, ''))).toBe('2 lines fewer: without S, A1 and two stores');
  });

  it('says nothing where nothing of the story is gone', () => {
    expect(takenAway(BEFORE, BEFORE)).toBe('');
  });
});
