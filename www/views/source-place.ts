/** Where a step stands in FreeBSD's source, as a link where the public tree has that kernel. */

import { css, html, nothing } from 'lit';
import type { SourcePlace } from '../core/generated/types';

export const sourcePlaceStyles = css`
  .place {
    flex: none;
    font-family: var(--mono);
    font-size: 12px;
    color: var(--muted);
  }
`;

export function sourcePlace(place: SourcePlace | null) {
  if (!place) return nothing;
  const { file, routine, url } = place;
  const words = `${file.slice(file.lastIndexOf('/') + 1)}: ${routine}`;
  if (url === null) return html`<span class="place" title=${`${file} of FreeBSD`}>${words}</span>`;
  return html`<a class="place" href=${url} rel="noreferrer" target="_blank" title=${`${file} of FreeBSD, in a new tab`}>${words}</a>`;
}
