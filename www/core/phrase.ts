/** A verb phrase of the story. */

export interface Phrase {
  /** With `code` in backticks and *strong* in asterisks. */
  text: string;
  /** The same in a word or two, for the lanes; empty if it is not worth one. */
  short: string;
  /** Begins a sentence of its own. */
  begins: boolean;
  wrong: boolean;
}

export const phrase = (text: string, short = '', more: Partial<Phrase> = {}): Phrase => ({
  text,
  short,
  begins: false,
  wrong: false,
  ...more,
});
