/** MurmurHash3 (x86, 32 bit) in the two forms Weir needs. All arithmetic is exact 32-bit. */

function mixK(k: number): number {
  k = Math.imul(k, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  return Math.imul(k, 0x1b873593);
}
function mixH(h: number, k: number): number {
  h ^= k;
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}
function finalize(h: number, length: number): number {
  h ^= length;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash of one 32-bit block, seed 0; a non-negative 31-bit integer. The arithmetic of Flink's key groups (MathUtils.murmurHash). */
export function murmurInt(code: number): number {
  const h = finalize(mixH(0, mixK(code | 0)), 4);
  if (h >= 0) return h;
  return h === -0x80000000 ? 0 : -h;
}

/** Hash of bytes `[start, end)`, seed 0; a signed 32-bit integer. */
export function murmurBytes(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const length = end - start;
  let h = 0;
  let i = start;
  for (const blocks = start + (length & ~3); i < blocks; i += 4) {
    h = mixH(h, mixK(bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)));
  }
  let k = 0;
  const rest = length & 3;
  if (rest >= 3) k ^= bytes[i + 2] << 16;
  if (rest >= 2) k ^= bytes[i + 1] << 8;
  if (rest >= 1) h ^= mixK(k ^ bytes[i]);
  return finalize(h, length);
}

/** Hash of a string's UTF-16 code units (two bytes each, low byte first), seed 0; a signed 32-bit integer. */
export function murmurString(text: string): number {
  const length = text.length;
  let h = 0;
  let i = 0;
  for (const pairs = length & ~1; i < pairs; i += 2) {
    h = mixH(h, mixK(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16)));
  }
  if ((length & 1) === 1) h ^= mixK(text.charCodeAt(i));
  return finalize(h, length * 2);
}
