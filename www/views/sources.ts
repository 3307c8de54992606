/** Where to read about a scenario: addresses among words that come from outside. */

import { html, type TemplateResult } from 'lit';

/** The address of a word that leads to a page, or nothing: no other sort may be followed from here. */
export function address(word: string): string | null {
  const url = URL.canParse(word) ? new URL(word) : null;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : null;
}

/** The last part of an address is what people call a review by. */
const nameOf = (word: string): string => word.split('/').filter(Boolean).at(-1) ?? word;

/** The words as they are, the addresses among them as links. */
export function sources(text: string): (TemplateResult | string)[] {
  return text.split(/(\s+)/).map((word) => {
    const href = address(word);
    return href === null ? word : html`<a href=${href} rel="noreferrer" target="_blank">${nameOf(word)}</a>`;
  });
}
