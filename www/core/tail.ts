/** The end of a list that grows, as it comes from the engine. */

/** What replaces a list from `from` on: the items before that stay. */
export interface Tail<T> {
  from: number;
  items: T[];
}

/** The list with its end replaced; the same list if that changes nothing. */
export function withTail<T>(list: T[], { from, items }: Tail<T>): T[] {
  return items.length === 0 && from >= list.length ? list : [...list.slice(0, from), ...items];
}
