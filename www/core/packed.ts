/** Values with maps and 64-bit words as text, and back. */

type Packed = { map: [unknown, unknown][] } | { word: string };

const isPacked = (value: unknown): value is Packed =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 1 && ('map' in value || 'word' in value);

/** JSON in which a map is `{"map": [[key, value], …]}` and a bigint `{"word": "…"}`. */
export function pack(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown): unknown => {
    if (one instanceof Map) return { map: [...(one as Map<unknown, unknown>)] };
    return typeof one === 'bigint' ? { word: String(one) } : one;
  });
}

/** What was packed. */
export function unpack(text: string): unknown {
  return JSON.parse(text, (_, one: unknown): unknown => {
    if (!isPacked(one)) return one;
    return 'map' in one ? new Map(one.map) : BigInt(one.word);
  });
}
