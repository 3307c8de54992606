/** What leads from the gallery to a scenario: an ordinary link, with what a reader wants to know of it first. */

import { html, type TemplateResult } from 'lit';
import type { ScenarioInfo } from '../drivers/driver';

/** A plain click stays on the page; any other opens the address like every link. */
export const opener = (name: string) => (event: MouseEvent): void => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.currentTarget?.dispatchEvent(new CustomEvent('fl-open', { detail: name, bubbles: true, composed: true }));
};

/** The kernel on which it is worth seeing, and how long it is there. */
export function badges({ policy }: ScenarioInfo, steps: number | undefined): TemplateResult {
  return html`<span class="badges"><span class="badge">${policy}</span> ${steps === undefined ? '' : html`<span class="badge">${steps} steps</span>`}</span>`;
}
