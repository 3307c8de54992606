/** What went wrong, in the terms of the picture. */

import type { Finding, Rec } from './events';
import { ORACLE } from './fold-tasks';
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

/** What a finding carries besides its sentence: who still translated to the page, and who held or awaited what. */
export function findingFacts(finding: Pick<Finding, 'mappings' | 'tasks'>): string[] {
  const mapped = finding.mappings.map(({ process, va, writable, cpu }) => {
    const where = cpu === null || cpu === undefined ? '' : ` in the TLB of CPU ${cpu}`;
    return `${process} ${va}${where}${writable ? '' : ' (read-only)'}`;
  });
  const facts = mapped.length > 0 ? [`Mapped by ${mapped.join(', ')}.`] : [];
  for (const { task, holds, waits_for } of finding.tasks) {
    const said = [holds.length > 0 ? `holds ${holds.join(', ')}` : '', waits_for ? `waits for ${waits_for}` : ''];
    facts.push(`${task} ${said.filter((one) => one !== '').join(' and ')}.`);
  }
  return facts;
}

/** The finding as a sentence of the story; null where the load that follows says it. */
export function tellFinding(rec: Extract<Rec, { kind: 'found' }>, scene: Scene, names: Namer): Phrase | null {
  if (ORACLE.has(rec.finding)) return null;
  const finding = scene.findings.at(-1);
  const who = finding?.kind === 'freed-while-mapped' ? mapper(scene, finding, names) : null;
  const page = finding?.frame == null ? 'a page' : names.page(scene.frames.get(finding.frame));
  const text = who ? `*${page} is freed while ${who} still maps it*` : `*${findingText(rec.finding)}*`;
  return phrase(text, '', { wrong: true, begins: true });
}

const READ: Record<string, string> = {
  foreign: 'what another lineage wrote',
  stale: 'an older value',
  future: 'a value stored after the processes parted',
};

/** What a load got that it should not have got. */
export function wrongRead(scene: Scene, task: number): string {
  const last = scene.findings.at(-1);
  return last?.task === task ? (READ[last.kind] ?? '') : '';
}

function mapper(scene: Scene, finding: SceneFinding, names: Namer): string | null {
  for (const process of scene.processes.values()) {
    if (!process.exited && mappings(scene, process.space).some((one) => one.frame === finding.frame)) {
      return names.process(process.id);
    }
  }
  return null;
}
