import { html, svg, type TemplateResult } from 'lit';
import type { Swatch } from '../core/colors';

/** A small square in a value's colour, for tables. */
export function square(swatch: Swatch): TemplateResult {
  const border = swatch.blank ? 'border: 1px solid var(--s-edge)' : '';
  return html`<span class="sw ${swatch.pattern}" .style=${`background: ${swatch.fill}; ${border}`}></span>`;
}

/** Patterns of the diagram: hatching for invalid pages, stripes and dots for the ninth and later values. */
export const defs = svg`<defs>
  <pattern id="invalid" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <path d="M0 0v7" stroke="var(--s-edge)" stroke-width="2.2" />
  </pattern>
  <pattern id="stripes" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
    <path d="M0 0v9" stroke="var(--on-tok)" stroke-opacity=".5" stroke-width="2.4" />
  </pattern>
  <pattern id="dots" width="9" height="9" patternUnits="userSpaceOnUse">
    <circle cx="3" cy="3" r="1.5" fill="var(--on-tok)" fill-opacity=".6" />
  </pattern>
  <filter id="shadow" x="-20%" y="-20%" width="140%" height="150%">
    <feDropShadow dx="0" dy="1.5" stdDeviation="2.2" flood-color="#000" flood-opacity=".14" />
  </filter>
</defs>`;
