/** Policies as texts: a preset and what is changed about it, as the engine reads them. */

import type { Catalog } from '../drivers/driver';

/** Ids of the switches that are on. */
export function switchesOf(catalog: Catalog, policy: string): Set<string> {
  const [base, ...changes] = policy.split(',');
  const on = new Set(catalog.presets.find((preset) => preset.name === base)?.switches ?? []);
  for (const change of changes) {
    if (change.startsWith('+')) on.add(change.slice(1));
    else if (change.startsWith('-')) on.delete(change.slice(1));
  }
  return on;
}

/** The values of the settings, by their ids. */
export function settingsOf(catalog: Catalog, policy: string): Map<string, string> {
  const values = new Map(catalog.settings.map((one) => [one.id, one.preset]));
  for (const change of policy.split(',').slice(1)) {
    const [id, value] = change.split('=');
    if (id && value) values.set(id, value);
  }
  return values;
}

/** The policy with one switch turned over; a change that undoes another leaves no trace. */
export function policyText(catalog: Catalog, policy: string, turned: string): string {
  const on = switchesOf(catalog, policy);
  if (!on.delete(turned)) on.add(turned);
  return text(catalog, policy, on, settingsOf(catalog, policy));
}

/** The policy with one setting at another value. */
export function policyWith(catalog: Catalog, policy: string, id: string, value: string): string {
  return text(catalog, policy, switchesOf(catalog, policy), settingsOf(catalog, policy).set(id, value));
}

/** Where a change stands: in order of the numbers, older defects (`OF1`) last. */
const place = (id: string) => (id.startsWith('P') ? `0${id}` : `1${id}`);

/** Changes stand in order of their numbers, as in the engine's own name of a kernel. */
function text(catalog: Catalog, policy: string, on: Set<string>, values: Map<string, string>): string {
  const [base = ''] = policy.split(',');
  const before = switchesOf(catalog, base);
  const switched = [...catalog.switches, ...catalog.defects]
    .filter((one) => before.has(one.id) !== on.has(one.id))
    .map((one) => ({ id: one.id, said: `${on.has(one.id) ? '+' : '-'}${one.id}` }));
  const set = catalog.settings
    .filter((one) => values.get(one.id) !== one.preset)
    .map((one) => ({ id: one.id, said: `${one.id}=${values.get(one.id)}` }));
  const changes = [...switched, ...set].sort((a, b) => (place(a.id) < place(b.id) ? -1 : 1));
  return [base, ...changes.map((change) => change.said)].join(',');
}
