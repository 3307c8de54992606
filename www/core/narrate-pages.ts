/** Phrases about pages, translations and accesses. */

import type { Rec } from './events';
import { wrongRead } from './narrate-findings';
import type { Namer } from './names';
import { phrase, type Phrase } from './phrase';
import { frameOf, isPresent, isWritable } from './pte';
import type { Scene } from './scene';

/** Events that belong to the birth of a page. */
const BIRTH = 3;

export function tellPages(rec: Rec, scene: Scene, namer: Namer): Phrase | null {
  const page = (frame: number): string => `\`${namer.page(scene.frames.get(frame))}\``;
  const bare = (frame: number): string => namer.page(scene.frames.get(frame));
  switch (rec.kind) {
    case 'page_alloc':
      return phrase(`puts an empty page ${page(rec.page)} into ${namer.object(scene, rec.object)}`, '');
    case 'page_busy':
      // A page is born busy.
      if (scene.count - (scene.frames.get(rec.page)?.born ?? -9) <= BIRTH) return null;
      return tellBusy(rec, page(rec.page), bare(rec.page));
    case 'page_copy':
      return phrase(`copies ${page(rec.from)} into ${page(rec.to)}`, `copy ${bare(rec.from)}`);
    case 'page_zero':
      return phrase(`zeroes ${page(rec.page)}`, `zero ${bare(rec.page)}`);
    case 'page_fill':
      return phrase(`reads ${page(rec.page)} in`, `page in ${bare(rec.page)}`);
    case 'page_write':
      return phrase(`writes ${page(rec.page)} to the swap device`, `page out ${bare(rec.page)}`);
    case 'page_valid':
      return rec.valid ? phrase(`marks ${page(rec.page)} valid`, '') : null;
    case 'page_rename':
      return phrase(
        `moves \`${namer.object(scene, rec.from)}[${rec.from_index}]\` to ${namer.object(scene, rec.to)}`,
        `move ${bare(rec.page)}`,
      );
    case 'page_free':
      return phrase(`${page(rec.page)} is freed`, `free ${bare(rec.page)}`);
    case 'entry':
      return tellEntry(rec, scene, namer, page);
    case 'access':
      return tellAccess(rec, scene, namer);
    default:
      return null;
  }
}

type Of<K extends Rec['kind']> = Extract<Rec, { kind: K }>;

function tellBusy(rec: Of<'page_busy'>, page: string, bare: string): Phrase | null {
  switch (rec.state.busy) {
    case 'exclusive':
      return phrase(`makes ${page} busy`, `busy ${bare}`);
    case 'shared':
      return phrase(`shares the busy lock of ${page}`, `busy ${bare}`);
    case 'none':
      return phrase(`lets ${page} go`, '');
    case 'freed':
      return null;
  }
}

function tellEntry(rec: Of<'entry'>, scene: Scene, namer: Namer, page: (frame: number) => string): Phrase | null {
  if (rec.level !== 1) return null;
  const at = `${namer.space(scene, rec.space)}’s \`${namer.address(rec.va)}\``;
  if (!isPresent(rec.bits)) return phrase(`clears the entry of ${at}`, '');
  const rights = isWritable(rec.bits) ? 'writable' : 'read-only';
  return phrase(`maps ${at} to ${page(frameOf(rec.bits))} (${rights})`, `map ${namer.address(rec.va)}`);
}

function tellAccess(rec: Of<'access'>, scene: Scene, namer: Namer): Phrase {
  const va = `\`${namer.address(rec.va)}\``;
  if (rec.write) return phrase(`stores ${namer.value(rec.value)} at ${va}`, `store ${namer.value(rec.value)}`);
  if (rec.value === rec.expected) return phrase(`gets ${namer.value(rec.value)} from ${va}`, `gets ${namer.value(rec.value)}`);
  const what = wrongRead(scene, rec.task);
  return phrase(
    `gets *${namer.value(rec.value)}* from ${va} where ${namer.value(rec.expected)} was stored${what ? `: *${what}*` : ''}`,
    `gets ${namer.value(rec.value)}`,
    { begins: true, wrong: true },
  );
}
