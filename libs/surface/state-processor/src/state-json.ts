/** State values as JSON for people and other programs: what JSON has no notation for is an object with one key that begins with `$`. */

/** Plain data; bigint, Map, Set, bytes, dates and numbers that are none come as `{"$bigint":"1"}`, `{"$map":[[k,v]]}` and so on. */
export function jsonOf(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Map) return { $map: [...value].map(([key, item]) => [jsonOf(key), jsonOf(item)]) };
  if (value instanceof Set) return { $set: [...value].map(jsonOf) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: base64(value) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

/** The same text for the same value, whatever the order in which it was built. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(sorted(jsonOf(value)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  if (entries.length === 1 && (entries[0][0] === '$map' || entries[0][0] === '$set')) {
    return { [entries[0][0]]: (entries[0][1] as unknown[]).map((item) => JSON.stringify(item)).sort() };
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
