/** What matters for a finding: the steps on which it depends, by the engine's account of what each of them touched. */

export interface Slice {
  /** Position of the finding: after its step. */
  readonly at: number;
  /** The steps that matter, from 0, its own included. */
  readonly steps: ReadonlySet<number>;
}

/** Whether a step, from 0, matters; what comes after the finding is not judged. */
export const matters = (slice: Slice | null, step: number): boolean => slice === null || step >= slice.at || slice.steps.has(step);

/** The stretches of steps that do not matter, each from its first step to the one after its last. */
export function gaps({ at, steps }: Slice): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (let step = 0; step < at; step++) {
    const last = found.at(-1);
    if (steps.has(step)) continue;
    if (last?.to === step) last.to++;
    else found.push({ from: step, to: step + 1 });
  }
  return found;
}
