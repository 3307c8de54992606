/**
 * Every value ever written has a colour: a copy has the colour of its source,
 * lost data turns blank, a foreign page looks foreign. The hues keep apart
 * under the common colour blindnesses, none is red (red is for what is wrong),
 * and a pattern tells the ninth value from the first.
 */

import type { StepRecord } from './step-record';
import type { Value } from './events';
import type { Scene } from './scene';

/** Custom properties of the style sheet, `--t0` to `--t7`. */
export const HUES = 8;
export const PATTERNS = ['none', 'stripes', 'dots'] as const;
export type Pattern = (typeof PATTERNS)[number];

export interface Swatch {
  /** A CSS colour. */
  fill: string;
  pattern: Pattern;
  /** Nothing was ever stored: the page is blank. */
  blank: boolean;
}

const BLANK: Swatch = { fill: 'var(--zero)', pattern: 'none', blank: true };

/** Gives out colours in the order in which values first appear, so that a run always looks the same. */
export class Palette {
  private readonly order = new Map<Value, number>();

  /** Values in order of appearance. */
  constructor(values: Iterable<Value> = []) {
    for (const value of values) this.learn(value);
  }

  learn(value: Value): void {
    if (value !== 0n && !this.order.has(value)) this.order.set(value, this.order.size);
  }

  swatch(value: Value | null): Swatch {
    if (value === null || value === 0n) return BLANK;
    this.learn(value);
    const nth = this.order.get(value) ?? 0;
    return {
      fill: `var(--t${nth % HUES})`,
      pattern: PATTERNS[Math.floor(nth / HUES) % PATTERNS.length] ?? 'none',
      blank: false,
    };
  }
}

/** Every value of a run in the order in which it is stored; `setup` is the scene before its first step. */
export function* storedValues(setup: Scene, steps: readonly StepRecord[]): Generator<Value> {
  for (const frame of setup.frames.values()) if (frame.value !== null) yield frame.value;
  for (const step of steps) {
    for (const rec of step.records) if (rec.kind === 'access' && rec.write) yield rec.value;
  }
}
