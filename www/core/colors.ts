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

/** The hue that a value has wherever no other value has it yet: `X0` looks the same in every scenario. */
function preferred(value: Value): number {
  let hash = 0n;
  for (let rest = value; rest > 0n; rest >>= 8n) hash = (hash * MULTIPLIER + (rest & 0xffn)) & 0xffffffn;
  return Number(((hash * SPREAD) >> 8n) % BigInt(HUES));
}

/**
 * Numbers that spread names of a letter and a digit over all hues. With these, no two values of the scenarios that tell
 * one story (`t3`, `t3-story`) prefer the same hue, so what one of them stores looks the same in the other.
 */
const MULTIPLIER = 111n;
const SPREAD = 0xc2b2ae35n;

/**
 * Gives out colours: each value its own hue where that is free, and else the next. After `HUES` values all are free
 * again, with another pattern. What decides is the order in which values first appear, so a run always looks the same.
 */
export class Palette {
  private readonly order = new Map<Value, { hue: number; layer: number }>();

  /** Values in order of appearance. */
  constructor(values: Iterable<Value> = []) {
    for (const value of values) this.learn(value);
  }

  learn(value: Value): void {
    if (value === 0n || this.order.has(value)) return;
    const layer = Math.floor(this.order.size / HUES);
    const taken = new Set([...this.order.values()].filter((one) => one.layer === layer).map((one) => one.hue));
    let hue = preferred(value);
    while (taken.has(hue)) hue = (hue + 1) % HUES;
    this.order.set(value, { hue, layer });
  }

  swatch(value: Value | null): Swatch {
    if (value === null || value === 0n) return BLANK;
    this.learn(value);
    const { hue, layer } = this.order.get(value) ?? { hue: 0, layer: 0 };
    return {
      fill: `var(--t${hue})`,
      pattern: PATTERNS[layer % PATTERNS.length] ?? 'none',
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
