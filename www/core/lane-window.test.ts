import { describe, expect, it } from 'vitest';
import { showing, whole, worthDrawing, zoomedStretch } from './lane-window';

describe('the stretch of a run that the lanes show', () => {
  it('is the whole run as long as its steps can be told apart', () => {
    expect(whole(180, 1200)).toEqual({ from: 0, to: 180 });
    expect(whole(3000, 1200)).toEqual({ from: 0, to: 400 });
  });

  it('follows the cursor, by as little as it takes, and stays within the run', () => {
    const stretch = { from: 0, to: 400 };
    expect(showing(stretch, 200, 3000)).toEqual(stretch);
    expect(showing(stretch, 390, 3000)).toEqual({ from: 14, to: 414 });
    expect(showing(stretch, 3000, 3000)).toEqual({ from: 2600, to: 3000 });
    expect(showing({ from: 2600, to: 3000 }, 0, 3000)).toEqual(stretch);
  });

  it('zooms about a step', () => {
    expect(zoomedStretch({ from: 0, to: 400 }, 2, 100, 3000)).toEqual({ from: 50, to: 250 });
    expect(zoomedStretch({ from: 0, to: 400 }, 1e-6, 100, 3000)).toEqual({ from: 0, to: 3000 });
  });

  it('draws neither what is out of it nor what would lie on the same place', () => {
    const spans = Array.from({ length: 3000 }, (_, from) => ({ from, to: from + 1 }));
    expect(worthDrawing(spans, { from: 100, to: 200 }, 0)).toHaveLength(102);
    expect(worthDrawing(spans, { from: 0, to: 3000 }, 10).length).toBeLessThan(310);
  });
});
