/** Policies as texts: a preset and what is changed about it, as the engine reads them. */

import type { Catalog } from '../drivers/driver';

/** Ids of the switches that are on. */
export function switchesOf(catalog: Catalog, policy: string): Set<string> {
  const [base, ...changes] = policy.split(',');
  const on = new Set(catalog.presets.find((preset) => preset.name === base)?.switches ?? []);
  for (const change of changes) {
    if (change.startsWith('+')) on.add(change.slice(1));
    else on.delete(change.slice(1));
  }
  return on;
}

/** The policy with one switch turned over; a change that undoes another leaves no trace. */
export function policyText(catalog: Catalog, policy: string, turned: string): string {
  const [base = ''] = policy.split(',');
  const before = switchesOf(catalog, base);
  const after = switchesOf(catalog, policy);
  if (!after.delete(turned)) after.add(turned);
  const changes = catalog.switches
    .map((one) => one.id)
    .filter((id) => before.has(id) !== after.has(id))
    .map((id) => `${after.has(id) ? '+' : '-'}${id}`);
  return [base, ...changes].join(',');
}
