/** What happened to a frame and to a process in a run, so that each place can be gone to. */

import { apply, fold } from './fold';
import { vpn, type Rec } from './events';
import type { Namer } from './names';
import { entryKey, frameOf, isPresent } from './pte';
import type { Scene } from './scene';
import type { StepRecord } from './step-record';

/** Something that happened in the step before this position. */
export interface Happened {
  at: number;
  text: string;
}

/** The life of a frame in words, with marks: who had it, who mapped it, where it was freed. */
export function frameHistory(setup: Scene, steps: readonly StepRecord[], frame: number, names: Namer): Happened[] {
  const scene = fold([], setup);
  const found: Happened[] = [];
  steps.forEach(({ records }, nth) => {
    for (const rec of records) {
      const before = rec.kind === 'entry' && rec.level === 1 ? translated(scene, rec) : null;
      // A page is called by what it was before it is freed, and by what it is after everything else.
      const early = rec.kind === 'page_free' && rec.page === frame ? told(scene, rec, frame, names, before) : null;
      apply(scene, rec);
      const text = early ?? told(scene, rec, frame, names, before);
      if (text !== null && found.at(-1)?.text !== text) found.push({ at: nth + 1, text });
    }
  });
  return found;
}

const translated = (scene: Scene, rec: Extract<Rec, { kind: 'entry' }>): number | null => {
  const bits = scene.spaces.get(rec.space)?.table.get(entryKey(1, rec.va)) ?? 0n;
  return isPresent(bits) ? frameOf(bits) : null;
};

function told(scene: Scene, rec: Rec, frame: number, names: Namer, before: number | null): string | null {
  const page = (id: number): string => `\`${names.page(scene.frames.get(id))}\``;
  const who = `*${names.task(rec.task)}*`;
  switch (rec.kind) {
    case 'page_alloc':
      return rec.page === frame ? `${who} takes it as page ${rec.index} of ${names.object(scene, rec.object)}` : null;
    case 'page_rename':
      return rec.page === frame ? `${who} moves it to page ${rec.to_index} of ${names.object(scene, rec.to)}` : null;
    case 'page_copy':
      if (rec.to === frame) return `${who} copies ${page(rec.from)} into it`;
      return rec.from === frame ? `${who} copies it to ${page(rec.to)}` : null;
    case 'page_free':
      return rec.page === frame ? `${who} frees it: it was ${page(frame)}` : null;
    case 'access':
      return rec.page === frame && rec.write ? `${who} stores ${names.value(rec.value)} in it` : null;
    case 'entry': {
      if (rec.level !== 1) return null;
      const now = isPresent(rec.bits) ? frameOf(rec.bits) : null;
      const where = `${names.space(scene, rec.space)}’s \`${names.address(vpn(rec.va) * 4096)}\``;
      if (now === frame && before !== frame) return `${where} begins to lead to it`;
      return before === frame && now !== frame ? `${where} no longer leads to it` : null;
    }
    default:
      return null;
  }
}

/** The life of a process: where it began, where it ended, and what it forked. */
export function processHistory(steps: readonly StepRecord[], process: number, names: Namer): Happened[] {
  return steps.flatMap(({ records }, nth) =>
    records.flatMap((rec): Happened[] => {
      const at = nth + 1;
      if (rec.kind === 'process' && rec.process === process) return [{ at, text: rec.parent == null ? 'begins' : `forked by ${names.process(rec.parent)}` }];
      if (rec.kind === 'process' && rec.parent === process) return [{ at, text: `forks ${names.process(rec.process)}` }];
      if (rec.kind === 'process_exec' && rec.process === process) return [{ at, text: 'runs another program in a new space' }];
      if (rec.kind === 'process_exit' && rec.process === process) return [{ at, text: 'exits' }];
      return [];
    }),
  );
}
