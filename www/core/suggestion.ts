/** The word that a problem's remedy asks about, as a change of the text. */

import type { Problem } from './problem';

export interface Suggestion {
  /** What stands there, and what may have been meant. */
  wrong: string;
  meant: string;
  /** Offsets of the wrong word in the text. */
  from: number;
  to: number;
}

/** Offset of a place in a text; lines and columns count from 1. */
export function offset(text: string, line: number, column = 1): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

/** What can be put right by one click. */
export function suggestion(text: string, { line, column, remedy }: Problem): Suggestion | null {
  const meant = /did you mean `([^`]+)`\?/.exec(remedy ?? '')?.[1];
  if (meant === undefined || line === undefined) return null;
  const from = offset(text, line, column);
  const wrong = /^[^\s:;{}()]+/.exec(text.slice(from))?.[0];
  return wrong === undefined ? null : { wrong, meant, from, to: from + wrong.length };
}
