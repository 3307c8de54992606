import { describe, expect, it } from 'vitest';
import { ownAddress, viewOf, withView, type Shows } from './view';

const RUN = '#v1;t3;2019-12;ab;3;0011223344556677;t=4;sel=B.va0';

describe('a view', () => {
  it('is read back from the address that it makes', () => {
    const views: Shows[] = [
      { tab: 'gallery' },
      { tab: 'threads' },
      { tab: 'chains', part: 1 },
      { tab: 'chains', part: 4 },
      { tab: 'levels' },
      { tab: 'levels', level: 't3-story' },
      { tab: 'step' },
      { tab: 'step', search: true },
      { tab: 'compare' },
      { tab: 'compare', before: '2019-12', after: '2020-01-fixed,+P10,-P11' },
    ];
    for (const view of views) expect(viewOf(ownAddress(view) ?? withView(RUN, view))).toEqual(view);
  });

  it('shows the front door for what it does not know', () => {
    for (const hash of ['#chain', '#chains;part=x', '#levels;level=<b>', '#chains;level=t3;part=2']) expect(viewOf(hash)).toEqual({ tab: 'gallery' });
  });

  it('leaves a link without a view as it is, and writes a kernel as links do', () => {
    expect(withView(RUN, { tab: 'step' })).toBe(RUN);
    expect(withView(RUN, { tab: 'compare', before: 'main,+P10', after: '2021' })).toBe(`${RUN};view=compare;before=main.~P10;after=2021`);
  });
});
