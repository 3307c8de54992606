/** What comes from wasm, with every bigint as a number: outside of records all of them are small enough. */
export function plain(raw: unknown): unknown {
  if (typeof raw === 'bigint') return Number(raw);
  if (Array.isArray(raw)) return raw.map(plain);
  if (raw !== null && typeof raw === 'object') {
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, plain(value)]));
  }
  return raw;
}
