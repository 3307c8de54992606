/** What the three regions of the picture are called, and the place of the free frames. */

import { nothing, svg, type SVGTemplateResult } from 'lit';
import type { Layout } from '../core/layout-types';

/** Letters of a caption are about this wide. */
const LETTER = 5.9;

/** The names of the regions stand along the left edge, where nothing else is. */
export function regions(at: Layout): SVGTemplateResult {
  const strata = [...at.boxes].map((box) => box.y + box.h);
  const bottom = Math.max(at.surface, ...strata);
  const x = at.sizes.narrow ? 8 : 14;
  const label = (texts: string[], from: number, to: number): SVGTemplateResult | typeof nothing => {
    const text = texts.find((one) => one.length * LETTER <= to - from);
    return text === undefined ? nothing : svg`<text class="region" text-anchor="middle" transform="translate(${x} ${(from + to) / 2}) rotate(-90)">${text}</text>`;
  };
  return svg`<g aria-hidden="true">
    ${label(['address spaces'], 6, at.surface - 4)}
    ${strata.length === 0 ? nothing : label(['objects, newest on top', 'objects'], at.surface + 8, bottom)}
  </g>`;
}

/** The tray of the free frames; while the picture is seen in part, it lies over it. */
export function trayBox({ tray, bottom }: Layout): SVGTemplateResult {
  const label = tray.w > 300 ? ['free', 'frames'] : [];
  return svg`<g class="tray" transform="translate(${bottom.x} ${bottom.y}) scale(${bottom.scale})">
    <rect class="traybox" x=${tray.x} y=${tray.y} width=${tray.w} height=${tray.h} rx="12"></rect>
    ${label.map((word, nth) => svg`<text class="caption" x=${tray.x + 14} y=${tray.y + tray.h / 2 - 3 + nth * 15}>${word}</text>`)}
    ${label.length > 0 ? nothing : svg`<text class="region" x=${tray.x + tray.w - 10} y=${tray.y + 14} text-anchor="end">free frames</text>`}
    ${tray.more > 0 ? svg`<text class="caption" x=${tray.x + tray.w - 34} y=${tray.y + tray.h / 2 + 4}>+${tray.more}</text>` : nothing}
  </g>`;
}
