/** What went wrong, in red, beside the free frames. */

import { nothing, svg, type SVGTemplateResult } from 'lit';
import type { Layout } from '../core/layout-types';
import type { Scene } from '../core/scene';
import type { Model } from './model';

export function callout(model: Pick<Model, 'facts'>, scene: Scene, at: Layout): SVGTemplateResult | typeof nothing {
  const last = scene.findings.at(-1);
  if (!last) return nothing;
  const { x, y, w, h } = at.callout;
  const { facts } = model;
  const count = facts.length;
  const told = facts.findLast(({ finding, also }) => [finding, ...also].some((one) => one.kind === last.kind))?.finding.told[0] ?? '';
  // There is room for what is wrong; why it is has room beside the picture.
  const [said = ''] = told.split(': ');
  const { bottom } = at;
  return svg`<g class="callout" aria-hidden="true" transform="translate(${bottom.x} ${bottom.y}) scale(${bottom.scale})">
    <rect x=${x} y=${y} width=${w} height=${h} rx="10" fill="var(--danger)"></rect>
    <text x=${x + 14} y=${y + 24} font-size="14" font-weight="650">${last.kind.replaceAll('-', ' ')}</text>
    ${count > 1 ? svg`<text x=${x + w - 14} y=${y + 24} font-size="11.5" text-anchor="end">${count} findings</text>` : nothing}
    ${wrap(said, Math.floor((w - 28) / 6.1)).map(
      (text, nth) => svg`<text x=${x + 14} y=${y + 43 + nth * 15} font-size="12">${text}</text>`,
    )}
  </g>`;
}

function wrap(text: string, length: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(' ')) {
    if (row && row.length + word.length + 1 > length) {
      rows.push(row);
      row = word;
    } else row = row ? `${row} ${word}` : word;
  }
  return [...rows, row].slice(0, 2);
}
