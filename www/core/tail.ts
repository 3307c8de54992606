/** The end of a list that grows, as it comes from the engine. */

import type { Tail } from './generated/types';

export type { Tail } from './generated/types';

/** The list with its end replaced; the same list if that changes nothing. */
export function withTail<T>(list: T[], { from, items }: Tail<T>): T[] {
  return items.length === 0 && from >= list.length ? list : [...list.slice(0, from), ...items];
}
