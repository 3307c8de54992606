/** The gallery as a newcomer meets it: what a scenario is about, said by its own header and expectations. */

import type { ScenarioInfo } from '../drivers/driver';

export type Group = 'race' | 'stuck' | 'chain' | 'clean';

export const GROUPS: readonly { id: Group; title: string; text: string }[] = [
  { id: 'race', title: 'Races', text: 'Two tasks meet at the wrong moment, and memory breaks.' },
  { id: 'stuck', title: 'Stuck', text: 'No task can go on, or one sleeps through its wakeup.' },
  { id: 'chain', title: 'Chains', text: 'Golden tests: how copies, forks and collapses work on every kernel.' },
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
