/** What a task is about to do, for whoever decides which one goes next. */

import type { Chunk } from './chunk';
import type { Rec } from './events';
import { apply, fold } from './fold';
import { lockText, tell } from './narrate';
import type { Namer } from './names';
import type { Scene } from './scene';

/** Steps that change nothing one can see, by their labels. */
const QUIET: Record<string, string> = {
  begin: 'begins',
  access: 'reaches for memory',
  woken: 'wakes up',
  tick: 'looks again a tick later',
  page_copied: 'has copied the page',
  page_zeroed: 'has zeroed the page',
  pmap_entered: 'has entered the page',
};

/** More than these would be a story, not a hint. */
const PHRASES = 2;

/**
 * The turn that a task would take, as a phrase with marks and without its subject. It does not
 * give away what goes wrong: that is for the reader to find. `label` is the step it stands before.
 */
export function hint(before: Scene, turn: Chunk, label: string, namer: Namer): string {
  const scene = fold([], before);
  const phrases: string[] = [];
  const quiet: string[] = [];
  for (const rec of turn.records) {
    apply(scene, rec);
    const told = tell(rec, scene, namer);
    if (told && !told.wrong) phrases.push(told.text);
    else if (!told) quiet.push(...aside(rec, scene, namer));
  }
  const said = (phrases.length > 0 ? phrases : quiet).slice(0, PHRASES);
  if (said.length > 0) return said.join(' and ');
  return QUIET[label] ?? `passes \`${label}\``;
}

/** What a story leaves out, but a scheduler wants to know. */
function aside(rec: Rec, scene: Scene, namer: Namer): string[] {
  switch (rec.kind) {
    case 'acquire':
      return [`takes the lock of ${lockText(rec.lock, scene, namer)}${rec.mode === 'read' ? ' to read' : ''}`];
    case 'release':
      return [`drops the lock of ${lockText(rec.lock, scene, namer)}`];
    case 'object_ref':
      return [`leaves ${namer.object(scene, rec.object)} with ${rec.count} ${rec.count === 1 ? 'reference' : 'references'}`];
    case 'object_pip':
      return [rec.count > 0 ? `marks paging in ${namer.object(scene, rec.object)}` : `ends paging in ${namer.object(scene, rec.object)}`];
    default:
      return [];
  }
}
