/** The picture at a step as one SVG file. */

import { fit } from '../core/fit';
import { layout } from '../core/layout';
import type { Player } from '../core/player';
import { plain, toldAt } from '../core/story';
import { facts } from '../core/findings';
import type { Model } from './model';
import { definitions, layers, type StillContext } from './still';
import { stillStyles, type Theme } from './still-css';

export interface Size {
  w: number;
  h: number;
}

/** Room below the picture for what is said, in units. */
export const FOOT = 62;
const MARGIN = 18;
/** Letters of the sentence are about this wide. */
const LETTER = 7;

export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The sentence of a position, or of the last one before it that has one. */
export function sentenceAt(player: Player, position: number): string {
  const told = toldAt(player.narration, position);
  const said = player.narration.flatMap((one) => one.sentences).filter((one) => one.at === told);
  return said.length === 0 ? 'Before the first step.' : plain(said.map((one) => one.text).join(' '));
}

export function contextAt(model: Model, position: number): StillContext {
  const { player } = model;
  return { player, swatch: (value) => model.swatch(value), facts: facts(player.steps.slice(0, position)) };
}

/** What is said below a picture `width` wide: the sentence in two rows at most, and where this is. */
export function words(player: Player, position: number, width: number, y: number): string[] {
  const rows = wrapped(sentenceAt(player, position), Math.floor((width - 2 * MARGIN) / LETTER));
  const where = `${player.scenario} under ${player.policy} · step ${position} of ${player.length}`;
  return [
    ...rows.map((row, nth) => `<text class="said" x="${MARGIN}" y="${y + 16 + nth * 18}">${escaped(row)}</text>`),
    `<text class="where" x="${MARGIN}" y="${y + FOOT - 10}">${escaped(where)}</text>`,
  ];
}

function wrapped(text: string, length: number): string[] {
  const rows = [''];
  for (const word of text.split(' ')) {
    const row = rows.at(-1) ?? '';
    if (row !== '' && row.length + word.length + 1 > length) rows.push(word);
    else rows[rows.length - 1] = row === '' ? word : `${row} ${word}`;
  }
  return rows.length <= 2 ? rows : [rows[0] ?? '', `${(rows[1] ?? '').slice(0, length - 1)}…`];
}

/** A whole file, with a title for those who do not see it. */
export function file(size: Size, title: string, theme: Theme, content: string, styles = ''): string {
  const { w, h } = size;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img"><title>${escaped(title)}</title>
<style>${escaped(stillStyles(theme) + styles).replaceAll('&quot;', '"')}</style>
${definitions()}<rect class="paper" width="${w}" height="${h}"/>
${content}
</svg>
`;
}

/** The picture at the player's position as the page has it on a canvas of that size; whole, where the page shows a part. */
export function picture(model: Model, canvas: Size, theme: Theme): { svg: string; size: Size } {
  const { player, scene } = model;
  const { position } = player;
  const fitted = fit(scene, canvas.w, canvas.h);
  const at = fitted.whole ? fitted.at : layout(scene, { width: 0, sizes: fitted.at.sizes });
  const scale = fitted.whole ? fitted.scale : 1;
  const size = { w: Math.ceil(at.width * scale), h: Math.ceil(at.height * scale) + FOOT };
  const drawn = layers(contextAt(model, position), scene, at);
  const content = `<g transform="scale(${scale})"><path class="ground" d="M0 ${at.surface}H${at.width}"/>${drawn.flat().join('')}</g>
${words(player, position, size.w, size.h - FOOT).join('')}`;
  return { svg: file(size, `${player.scenario} under ${player.policy}, step ${position}: ${sentenceAt(player, position)}`, theme, content), size };
}

/** A picture in pixels, twice as many as units, so that it stays sharp. */
export async function pixels({ svg, size }: { svg: string; size: Size }): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(size.w * 2, size.h * 2);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser cannot draw on a canvas.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/png' });
  } finally {
    URL.revokeObjectURL(address);
  }
}
