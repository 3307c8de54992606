/** What files are called that leave the page: by scenario, kernel and step. */

/** The kernel as a part of a file's name: `2019-12,+P01` → `2019-12+P01`. */
const kernel = (policy: string): string => policy.replaceAll(',+', '+').replaceAll(/,(?=-)/g, '');

const safe = (text: string): string => text.replaceAll(/[^\w.+=-]+/g, '-');

export function fileName({ scenario, policy }: { scenario: string; policy: string }, what: string, ending: string): string {
  return `${safe(`${scenario}-${kernel(policy)}-${what}`)}.${ending}`;
}
