/** What went wrong, in the terms of the picture. */

import type { Rec } from './events';
import { mappings } from './inspect';
import type { Namer } from './names';
import { phrase, type Phrase } from './phrase';
import type { Scene, SceneFinding } from './scene';

const FINDINGS: Record<string, string> = {
  'freed-while-mapped': 'a page is free while it is still mapped',
  foreign: 'it read what another lineage wrote',
  zeroed: 'it read zero where a value was stored',
  stale: 'it read an older value',
  future: 'it read a value stored after the processes parted',
  assertion: 'a kernel assertion failed',
  tlb: 'a CPU can still read the old page',
  expectation: 'the scenario expected something else',
  deadlock: 'all tasks wait for each other',
  'lost-wakeup': 'a task sleeps although what it waits for has happened',
  livelock: 'tasks retry for ever',
};

export const findingText = (kind: string): string => FINDINGS[kind] ?? kind;

/** In the terms of the picture: who can still reach what. */
export function findingDetail(scene: Scene, finding: SceneFinding, names: Namer): string {
  const page = finding.frame === null ? null : names.page(scene.frames.get(finding.frame));
  if (finding.kind === 'freed-while-mapped' && page) {
    for (const process of scene.processes.values()) {
      const mapping = mappings(scene, process.space).find((one) => one.frame === finding.frame);
      if (mapping && !process.exited) {
        return `${names.process(process.id)}’s entry for ${names.address(mapping.page * 4096)} still has ${page}’s frame`;
      }
    }
  }
  if (finding.space !== null && finding.va !== null) {
    return `${names.task(finding.task)} at ${names.address(finding.va)}: ${findingText(finding.kind)}`;
  }
  return findingText(finding.kind);
}

/** The finding as a sentence of the story. */
export function tellFinding(rec: Extract<Rec, { kind: 'found' }>, scene: Scene, names: Namer): Phrase {
  const finding = scene.findings.at(-1);
  const who = finding?.kind === 'freed-while-mapped' ? mapper(scene, finding, names) : null;
  const text = who ? `*That page is free while ${who} still maps it*` : `*${findingText(rec.finding)}*`;
  return phrase(text, '', { wrong: true, begins: true });
}

function mapper(scene: Scene, finding: SceneFinding, names: Namer): string | null {
  for (const process of scene.processes.values()) {
    if (!process.exited && mappings(scene, process.space).some((one) => one.frame === finding.frame)) {
      return names.process(process.id);
    }
  }
  return null;
}
