/** Findings as facts: what several checkers say of one page after one step is one fact, shown on one card. */

import type { Finding } from './events';
import type { StepRecord } from './step-record';

export interface Fact {
  /** The position at which it shows: after this many steps. */
  at: number;
  /** The finding that says most: the first. */
  finding: Finding;
  /** What other checkers say of the same page after the same step. */
  also: Finding[];
}

const isSamePage = (a: Finding, b: Finding): boolean => a.page != null && a.page === b.page && a.object === b.object;

/** Everything that these steps of a run found, in order. */
export function facts(steps: readonly StepRecord[]): Fact[] {
  const all: Fact[] = [];
  steps.forEach((step, nth) => {
    const here: Fact[] = [];
    for (const finding of step.findings) {
      const known = here.find((fact) => isSamePage(fact.finding, finding));
      if (known) known.also.push(finding);
      else here.push({ at: nth + 1, finding, also: [] });
    }
    all.push(...here);
  });
  return all;
}

/** The kinds of a fact's findings, each once, as words. */
export const kinds = ({ finding, also }: Fact): string[] => [...new Set([finding, ...also].map((one) => one.kind.replaceAll('-', ' ')))];
