import { describe, expect, it } from 'vitest';
import type { Event } from './events';
import { fold } from './fold';
import { layout } from './layout';
import type { Rect } from './layout-types';
import { dwell, moves } from './motion';
import { oneProcess, records, withChild } from './testing';

const laid = (events: Event[], width = 830) => layout(fold(records(...events)), { width, height: 616 });
const overlap = (a: Rect, b: Rect): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** A family of forks: enough to crowd a phone. */
function crowd(): Event[] {
  const events = [...oneProcess];
  for (let id = 1; id <= 5; id++) {
    events.push(
      { kind: 'process', process: id, space: id, parent: id - 1 },
      { kind: 'object_new', object: id, vnode: false, size: 2, file: null },
      { kind: 'object_link', object: id, backing: id > 2 ? 1 : 0, offset: 0 },
      { kind: 'entry_set', space: id, entry: id, view: { start: 0x400000, end: 0x402000, object: id, offset: 0, protection: 3, inheritance: 1, cow: true, needs_copy: false, stack: false } },
    );
  }
  return events;
}

describe('the layout', () => {
  it('puts a shadow above what it shadows', () => {
    const { boxes } = laid(withChild);
    const [upper, lower] = [1, 0].map((id) => boxes.find((box) => box.object.id === id));
    expect(upper && lower && upper.y + upper.h < lower.y).toBe(true);
  });

  for (const width of [340, 830, 1400]) {
    it(`lets nothing overlap at ${width} units`, () => {
      const { boxes, columns, tray, callout, surface } = laid(crowd(), width);
      const rects: Rect[] = [...boxes, tray, callout];
      rects.forEach((a, nth) => {
        rects.slice(nth + 1).forEach((b) => expect(overlap(a, b)).toBe(false));
        expect(a.y).toBeGreaterThan(surface);
      });
      columns.forEach((a, nth) => {
        columns.slice(nth + 1).forEach((b) => expect(overlap(a, b)).toBe(false));
      });
    });
  }

  it('draws a line for each reference and each translation', () => {
    const { lines } = laid(withChild);
    expect(lines.map((line) => line.key).sort()).toEqual(['b1', 'e0.0', 'e1.1', 'm0.1024']);
  });

  it('leads lines round the boxes', () => {
    // Process 0 refers to the bottom object while boxes lie above it.
    const { lines, boxes } = laid(crowd());
    const line = lines.find((one) => one.key === 'm0.1024');
    for (const run of (line?.d ?? '').matchAll(/ ([\d.]+) ([\d.]+)V([\d.]+)/g)) {
      const [x, y] = [Number(run[1]), (Number(run[2]) + Number(run[3])) / 2];
      expect(boxes.some((box) => x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h)).toBe(false);
    }
  });

  it('finds what moves', () => {
    const rename: Event = { kind: 'page_rename', page: 7, from: 0, from_index: 0, to: 1, to_index: 0 };
    const found = moves(laid(withChild), laid([...withChild, rename]), records(rename));
    expect(found).toContainEqual(expect.objectContaining({ kind: 'tile', frame: 7, ms: 300 }));
    const free: Event = { kind: 'page_free', page: 7 };
    const fall = moves(laid(withChild), laid([...withChild, free]), records(free));
    expect(fall).toContainEqual(expect.objectContaining({ kind: 'tile', frame: 7, ms: 250 }));
  });

  it('merges what collapses', () => {
    const collapse: Event[] = [
      { kind: 'object_unlink', object: 1, backing: 0 },
      { kind: 'collapsed', object: 1, backing: 0 },
      { kind: 'object_free', object: 0 },
    ];
    const after = laid([...withChild, ...collapse]);
    expect(after.boxes.map((box) => box.object.id)).toEqual([1]);
    expect(moves(laid(withChild), after, records(...collapse))).toContainEqual({ kind: 'merge', key: 0, into: 1, ms: 450 });
    expect(dwell(records(...collapse))).toBeGreaterThan(450);
  });
});
