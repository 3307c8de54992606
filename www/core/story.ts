/** The run told in paragraphs: one for each stretch in which one task was at one operation. */

import type { Chunk } from './chunk';
import { apply, fold } from './fold';
import { tell } from './narrate';
import type { Namer } from './names';
import type { Phrase } from './phrase';
import type { Scene } from './scene';

export interface Paragraph {
  task: number;
  /** Who acts: the task, or in a sequence a process. */
  who: string;
  /** Positions: it is told by the chunks `from` up to but not including `to`. */
  from: number;
  to: number;
  sentences: { text: string; wrong: boolean; at: number }[];
  /** Directives of the stored schedule that could not be met here. */
  parted: string[];
  /** A word or two for the lanes. */
  short: string;
  wrong: boolean;
}

interface Told extends Phrase {
  at: number;
}

/** Tells a whole run; `setup` is the scene before its first chunk. */
export function story(setup: Scene, chunks: readonly Chunk[], namer: Namer): Paragraph[] {
  const scene = fold([], setup);
  const paragraphs: Paragraph[] = [];
  let told: Told[] = [];
  /** Another task, or another operation: another paragraph. */
  const begin = (task: number, at: number): void => {
    close();
    paragraphs.push({ task, who: '', from: at, to: at, sentences: [], parted: [], short: '', wrong: false });
  };
  const close = (): void => {
    const last = paragraphs.at(-1);
    if (!last) return;
    last.sentences = sentences(told);
    last.short = shorten(told);
    last.wrong = told.some((one) => one.wrong);
    told = [];
  };
  chunks.forEach((chunk, at) => {
    if (paragraphs.at(-1)?.task !== chunk.task) begin(chunk.task, at);
    for (const { directive, why } of chunk.parted ?? []) paragraphs.at(-1)?.parted.push(`${directive} (${why})`);
    for (const rec of chunk.records) {
      if (rec.kind === 'op_start' && told.length > 0) begin(chunk.task, at);
      apply(scene, rec);
      const one = tell(rec, scene, namer);
      if (one) told.push({ ...one, at });
    }
    const last = paragraphs.at(-1);
    if (!last) return;
    last.to = at + 1;
    last.who = namer.actor(chunk.task, scene.tasks.get(chunk.task)?.op ?? lastOp(scene, chunk.task));
  });
  close();
  return abridged(paragraphs);
}

/** An operation that goes as the one before it did is told in a sentence. */
function abridged(paragraphs: Paragraph[]): Paragraph[] {
  const shape = (paragraph: Paragraph): string => paragraph.sentences.map((one) => one.text.replace(/\d+/g, '#')).join(' ');
  let full: Paragraph | undefined;
  return paragraphs.map((paragraph) => {
    const [first] = paragraph.sentences;
    const again = full && first && !paragraph.wrong && full.task === paragraph.task && shape(full) === shape(paragraph);
    if (!again || paragraph.sentences.length < 2) {
      full = paragraph;
      return paragraph;
    }
    const va = /`(va\d+)`/.exec(first.text)?.[1];
    return { ...paragraph, sentences: [{ ...first, text: va ? `does the same at \`${va}\`.` : 'does the same again.' }] };
  });
}

/** The operation that has just ended. */
const lastOp = (scene: Scene, task: number): number | null => {
  const done = scene.tasks.get(task)?.opsDone ?? 0;
  return done > 0 ? done - 1 : null;
};

/** What one turn does, with marks and with who does it; empty if nobody would tell about it. */
export function tellTurn(before: Scene, chunk: Chunk, namer: Namer): string {
  const scene = fold([], before);
  const told: Told[] = [];
  for (const rec of chunk.records) {
    apply(scene, rec);
    const one = tell(rec, scene, namer);
    if (one) told.push({ ...one, at: 0 });
  }
  if (told.length === 0) return '';
  const now = scene.tasks.get(chunk.task)?.op ?? lastOp(scene, chunk.task);
  const text = sentences(told).map((one) => one.text).join(' ');
  return hasSubject(text) ? text : `*${namer.actor(chunk.task, now)}* ${text}`;
}

/** The sentence of one step, for the live region. */
export const sentenceOf = (before: Scene, chunk: Chunk, namer: Namer): string => plain(tellTurn(before, chunk, namer));

/** Text without its marks. */
export const plain = (text: string): string => text.replace(/[*`]/g, '');

/** A phrase about a thing begins with its name; all others are about who acts. */
const hasSubject = (text: string): boolean => /^[`*]/.test(text);

const PER_SENTENCE = 3;

function sentences(told: readonly Told[]): Paragraph['sentences'] {
  const groups: Told[][] = [];
  for (const one of merged(told)) {
    const group = groups.at(-1);
    if (!group || one.begins || group.length >= PER_SENTENCE || group.some((other) => other.wrong)) groups.push([one]);
    else group.push(one);
  }
  return groups.map((group, nth) => {
    const texts = group.map((one) => one.text);
    const joined = texts.length > 1 ? `${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}` : (texts[0] ?? '');
    const subject = nth === 0 || hasSubject(joined) ? '' : 'It ';
    const text = `${subject}${joined}.`;
    return { text, wrong: group.some((one) => one.wrong), at: group[0]?.at ?? 0 };
  });
}

/** Phrases that say the same of several things, one after the other, become one. */
const ALIKE: [RegExp, (things: string) => string][] = [
  [/^goes down to (.*)$/, (things) => `goes down to ${things}`],
  [/^(`.*`) (?:is|are) freed$/, (things) => `${things} are freed`],
  [/^clears the entr(?:y|ies) of (.*)$/, (things) => `clears the entries of ${things}`],
];

function merged(told: readonly Told[]): Told[] {
  const out: (Told & { things: string[] })[] = [];
  for (const one of told) {
    const last = out.at(-1);
    // A page may be found wrong in two ways at once.
    if (out.some((other) => other.wrong && other.text === one.text)) continue;
    const alike = ALIKE.find(([pattern]) => pattern.test(one.text));
    const thing = alike?.[0].exec(one.text)?.[1] ?? '';
    if (alike && last && alike[0].test(last.text)) {
      last.things.push(thing);
      last.text = alike[1](listed(last.things));
    } else out.push({ ...one, things: [thing] });
  }
  return out;
}

const listed = (things: readonly string[]): string =>
  things.length < 2 ? (things[0] ?? '') : `${things.slice(0, -1).join(', ')} and ${things.at(-1) ?? ''}`;

const LANE_WORDS = 3;

function shorten(told: readonly Told[]): string {
  const words = told.map((one) => one.short).filter((short, nth, all) => short !== '' && all.indexOf(short) === nth);
  return words.slice(0, LANE_WORDS).join(', ').replace(/, →/g, ' →');
}

