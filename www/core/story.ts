/** The run in paragraphs: one for each stretch in which one task was at one operation. The engine's narrator writes them. */

export interface Paragraph {
  task: number;
  /** Who acts: the task, or in a sequence a process. */
  who: string;
  /** Positions: the steps `from` up to but not including `to`. */
  from: number;
  to: number;
  /** With `code` in backticks and *strong* in asterisks; who acts stands before the first. */
  sentences: { text: string; wrong: boolean; at: number }[];
  /** A word or two for the lanes. */
  short: string;
  wrong: boolean;
}

/** Text without its marks. */
export const plain = (text: string): string => text.replace(/[*`]/g, '');
