/** The styles of a picture that stands alone: those of the page, with the colours of one theme or of both. */

import sheet from '../style.css?raw';
import { diagramStyles } from './diagram-css';

export type Theme = 'light' | 'dark' | 'both';

/** The page's custom properties, for the light theme and the dark one. */
function properties(): { light: string; dark: string } {
  const said = { light: '', dark: '' };
  for (const [, name = '', value = ''] of sheet.matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)) {
    const [, light = value, dark = value] = /^light-dark\(([^,]+),\s*([^)]+)\)$/.exec(value) ?? [];
    said.light += `${name}:${light};`;
    said.dark += `${name}:${dark};`;
  }
  return said;
}

/** Rules about the element and about what can be pressed say nothing of a picture. */
const isOfPicture = (rule: CSSRule): rule is CSSStyleRule => rule instanceof CSSStyleRule && !/:host|\.zoom|:focus|\.hit|\.reach|\.looking/.test(rule.selectorText);

export function stillStyles(theme: Theme): string {
  const { light, dark } = properties();
  const rules = [...(diagramStyles.styleSheet?.cssRules ?? [])].filter(isOfPicture).map((rule) => rule.cssText);
  const colours = theme === 'both' ? `:root{${light}}@media (prefers-color-scheme: dark){:root{${dark}}}` : `:root{${theme === 'dark' ? dark : light}}`;
  return `${colours}:root{font:14px/1.45 var(--sans);color-scheme:${theme === 'both' ? 'light dark' : theme}}*{cursor:default!important}.paper{fill:var(--bg)}.said{font-size:14px;fill:var(--ink)}.where{font-size:12px;fill:var(--muted)}${rules.join('')}`;
}
