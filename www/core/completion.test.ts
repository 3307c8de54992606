import { describe, expect, it } from 'vitest';
import { complete } from './completion';
import { suggestion } from './suggestion';

const at = (text: string): string[] | undefined => complete(text.replace('|', ''), text.indexOf('|'))?.options;

describe('completion', () => {
  it('offers operations where one may stand', () => {
    expect(at('task A1 of A: st|')).toEqual(['store']);
    expect(at('setup {\n  G: mmap va0; mpr|\n}')).toEqual(['mprotect']);
  });

  it('offers the names of the text anywhere, and pages', () => {
    expect(at('process Gamma\nfork Gandalf\ntask x of G|')).toEqual(['Gamma', 'Gandalf']);
    expect(at('A: load va12; load v|')).toEqual(['va12']);
  });

  it('offers header lines before the blocks, and nothing in a comment, within a word or for a whole word', () => {
    expect(at('ti|')).toEqual(['title']);
    expect(at('# ti|')).toBeUndefined();
    expect(at('ti|t')).toBeUndefined();
    expect(at('A: store|')).toBeUndefined();
  });
});

describe('a suggestion', () => {
  it('is the word that the remedy asks about, at the place of the problem', () => {
    const text = 'one\ntask A: laod va0\n';
    const problem = { message: '', line: 2, column: 9, remedy: 'did you mean `load`? the operations are …' };
    expect(suggestion(text, problem)).toEqual({ wrong: 'laod', meant: 'load', from: 12, to: 16 });
    expect(suggestion(text, { message: '', line: 2, remedy: 'write it otherwise' })).toBeNull();
  });
});
