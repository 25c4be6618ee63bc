/** MurmurHash3, x86, 128 bit: ids of operators and hashes of graphs. Not for secrets. Part of the snapshot format: it never changes. */

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
function mixBlock(k: number, first: number, by: number, second: number): number {
  return Math.imul(rotateLeft(Math.imul(k, first), by), second);
}
function finalize(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
function word(bytes: Uint8Array, offset: number, end: number): number {
  let value = 0;
  for (let i = Math.min(4, end - offset) - 1; i >= 0; i--) value = (value << 8) | bytes[offset + i];
  return value;
}

/** Hash of bytes, seed 0; 32 hexadecimal digits. */
export function murmur128Hex(bytes: Uint8Array): string {
  const length = bytes.length;
  const blocksEnd = length - (length % 16);
  let [h1, h2, h3, h4] = [0, 0, 0, 0];
  for (let i = 0; i < blocksEnd; i += 16) {
    h1 ^= mixBlock(word(bytes, i, length), C1, 15, C2);
    h1 = (Math.imul(rotateLeft(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= mixBlock(word(bytes, i + 4, length), C2, 16, C3);
    h2 = (Math.imul(rotateLeft(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= mixBlock(word(bytes, i + 8, length), C3, 17, C4);
    h3 = (Math.imul(rotateLeft(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= mixBlock(word(bytes, i + 12, length), C4, 18, C1);
    h4 = (Math.imul(rotateLeft(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const rest = length - blocksEnd;
  if (rest > 12) h4 ^= mixBlock(word(bytes, blocksEnd + 12, length), C4, 18, C1);
  if (rest > 8) h3 ^= mixBlock(word(bytes, blocksEnd + 8, length), C3, 17, C4);
  if (rest > 4) h2 ^= mixBlock(word(bytes, blocksEnd + 4, length), C2, 16, C3);
  if (rest > 0) h1 ^= mixBlock(word(bytes, blocksEnd, length), C1, 15, C2);

  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalize(h1);
  h2 = finalize(h2);
  h3 = finalize(h3);
  h4 = finalize(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1, h2 + h1, h3 + h1, h4 + h1].map((h) => (h >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Hash of the UTF-8 bytes of a text. */
export function murmur128HexOfText(text: string): string {
  return murmur128Hex(new TextEncoder().encode(text));
}
