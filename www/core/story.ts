/** The run in paragraphs: one for each stretch in which one task was at one operation. The engine's narrator writes them. */

import type { Paragraph } from './generated/types';

export type { Paragraph };

/**
 * Positions of the sentences that are being told at a position: those of the step that was taken last, or, if it says
 * nothing, of the last one before it that did. -1 before the first. Sentences of earlier steps are done, those of later
 * ones are still to come.
 */
export function toldAt(narration: readonly Paragraph[], position: number): number {
  let told = -1;
  for (const { sentences } of narration) {
    for (const { at } of sentences) if (at < position && at > told) told = at;
  }
  return told;
}

export type Tense = 'done' | 'now' | 'to-come';

/** Whether what the sentence says has happened, is happening or is to come. */
export function tense(at: number, told: number): Tense {
  if (at === told) return 'now';
  return at < told ? 'done' : 'to-come';
}

/** Text without its marks. */
export const plain = (text: string): string => text.replace(/[*`]/g, '');
