/** Buttons of players. */

import { html, type TemplateResult } from 'lit';

const ICONS = {
  start: 'M5 4h2v12H5zM17 4v12L8 10z',
  back: 'M14 4v12L5 10z',
  play: 'M6 3l12 7-12 7z',
  pause: 'M5 4h4v12H5zM12 4h4v12h-4z',
  step: 'M6 4l9 6-9 6z',
  end: 'M3 4l9 6-9 6zM13 4h2v12h-2z',
} as const;

export type Icon = keyof typeof ICONS;

export function iconButton(icon: Icon, label: string, click: () => void, enabled: boolean): TemplateResult {
  return html`<button aria-label=${label} title=${label} ?disabled=${!enabled} @click=${click}>
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><path d=${ICONS[icon]}></path></svg>
  </button>`;
}
