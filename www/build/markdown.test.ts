import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inline, terms, toHtml } from './markdown';

const document = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the documents of the site', () => {
  it('have marks, and no markup but their own', () => {
    expect(inline('**a** `<b>` and [c](d.md) [e](https://f)')).toBe('<b>a</b> <code>&lt;b&gt;</code> and c <a href="https://f">e</a>');
    expect(toHtml('# A b\none\ntwo\n\n- x\n  y\n- z\n| a | b |\n| --- | --- |\n| `c|d` | e |\n```\n- <\n```')).toBe(
      [
        '<h1 id="a-b">A b</h1>',
        '<p>one two</p>',
        '<ul><li>x y</li><li>z</li></ul>',
        '<div class="wide" tabindex="0"><table><tr><th>a</th><th>b</th></tr><tr><td><code>c|d</code></td><td>e</td></tr></table></div>',
        '<pre tabindex="0">- &lt;</pre>',
      ].join('\n'),
    );
  });

  it('are the format of scenarios, whole', () => {
    const html = toHtml(document('scenarios.md'));
    expect(html).toContain('<h2 id="operations">Operations</h2>');
    expect(html.match(/<tr>/g)?.length).toBe(document('scenarios.md').split('\n').filter((line) => /^\|(?! ---)/.test(line)).length);
  });

  it('and the glossary, each term with what it means', () => {
    const sections = terms(document('glossary.md'));
    expect(sections.map(({ title }) => title)).toEqual(['FreeBSD&#39;s virtual memory'.replace('&#39;', "'"), 'Page tables and TLBs', 'Scheduling and searching']);
    const all = sections.flatMap((section) => section.terms);
    expect(all.every(({ term, text }) => term !== '' && text.length > 20)).toBe(true);
    for (const wanted of ['Bypass', 'Collapse', 'pip', 'Step']) expect(all.some(({ term }) => term === wanted)).toBe(true);
    expect(all.find(({ term }) => term === 'Bypass')?.text).toMatch(/^<code>vm_object_collapse<\/code> links an object past/);
  });
});
