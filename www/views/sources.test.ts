import { describe, expect, it } from 'vitest';
import { address, sources } from './sources';

describe('where to read about a scenario', () => {
  it('leads to pages and nowhere else', () => {
    expect(address('https://reviews.freebsd.org/D23155')).toBe('https://reviews.freebsd.org/D23155');
    expect(address('http://example.org/')).toBe('http://example.org/');
    const others = ['javascript:alert(1)//D23155', 'JavaScript:alert(1)', 'java\tscript:alert(1)', 'data:text/html,<script>', 'vbscript:x', 'blob:https://a/b', 'file:///etc', 'D23155', '//example.org', ''];
    for (const one of others) expect(address(one)).toBeNull();
  });

  it('takes each address among words', () => {
    const parts = sources('https://a.org/D1 and javascript:x and https://b.org/D2');
    expect(parts.filter((part) => typeof part === 'string').join('')).toBe(' and javascript:x and ');
    expect(parts.filter((part) => typeof part !== 'string').map((part) => part.values)).toEqual([
      ['https://a.org/D1', 'D1'],
      ['https://b.org/D2', 'D2'],
    ]);
  });
});
