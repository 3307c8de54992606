/** The gallery as a newcomer meets it: what a scenario is about, said by its own header and expectations. */

import type { ScenarioInfo } from '../drivers/driver';

export type Group = 'race' | 'stuck' | 'chain' | 'clean';

/** The story of the race, with a witness. */
export const FOREMOST = 't3-story';
/** The same race as a search finds it: small enough to be walked through. */
export const SEARCHED = 't3';
/** One of each sort, for the front door. */
export const CHOSEN: readonly string[] = [FOREMOST, 'tlb', 'rs', 'g1', 'g6', 'deadlock'];
/** Of these the one whose picture shows a chain. */
export const CHAINED = 'g6';
/** Those that have a picture: first the one beside the first words. */
export const PICTURED: readonly string[] = [SEARCHED, ...CHOSEN];

export const GROUPS: readonly { id: Group; title: string; text: string }[] = [
  { id: 'race', title: 'Races', text: 'Two tasks meet at the wrong moment, and memory breaks.' },
  { id: 'stuck', title: 'Stuck', text: 'No task can go on, or one sleeps through its wakeup.' },
  { id: 'chain', title: 'Chains', text: 'How it is meant to work: copies, forks and collapses, the same on every kernel.' },
  { id: 'clean', title: 'Correct', text: 'Programs that must stay clean however their steps are ordered.' },
];

/** Where the header's `group` puts a scenario. */
const OF_HEADER: Record<string, Group> = { race: 'race', golden: 'chain', correct: 'clean' };
const EXPECTED = /\bexpect\b[^\n]*?(no )?finding ([a-z-]+)/g;
const STUCK = new Set(['deadlock', 'lost-wakeup', 'livelock']);

/** Where a scenario stands: by its header, and among the races by the findings that its text expects. */
export function groupOf({ group, text }: ScenarioInfo): Group {
  const kinds = [...text.matchAll(EXPECTED)].filter(([, none]) => none === undefined).map(([, , kind]) => kind ?? '');
  return kinds.some((kind) => STUCK.has(kind)) ? 'stuck' : (OF_HEADER[group] ?? 'clean');
}

/** The groups that have anything, in the order in which they are shown. */
export function grouped(scenarios: readonly ScenarioInfo[]): { group: (typeof GROUPS)[number]; scenarios: ScenarioInfo[] }[] {
  return GROUPS.map((group) => ({ group, scenarios: scenarios.filter((one) => groupOf(one) === group.id) })).filter(
    (one) => one.scenarios.length > 0,
  );
}

/** The years that a header's `when` names: `2019`, or `2019–2020`. */
export function years(when: string): string {
  const named = [...when.matchAll(/\b(?:19|20)\d\d\b/g)].map(([year]) => year);
  const [first = '', last = ''] = [named[0], named.at(-1)];
  return first === last ? first : `${first}–${last}`;
}
