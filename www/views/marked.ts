/** Text with `code` and *strong* in it, as the story writes it. */

import { html, type TemplateResult } from 'lit';

export function marked(text: string): TemplateResult {
  const parts = text.split(/(`[^`]*`|\*[^*]*\*)/);
  return html`${parts.map((part) => {
    if (part.startsWith('`')) return html`<code>${part.slice(1, -1)}</code>`;
    if (part.startsWith('*')) return html`<b>${part.slice(1, -1)}</b>`;
    return part;
  })}`;
}
