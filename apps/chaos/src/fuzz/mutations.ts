/** Changes to valid bytes: small ones that keep most of the structure, and cuts, copies and lengths that break it. */
import type { Draws } from '../random.js';

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0xc0, 0xc7, 0xd9, 0xdd, 0xdf];
const NUMBERS = [0, 1, -1, 0x7fffffff, -0x80000000, 0xffff, 65_537];

/** One to four mutations of a copy; `other` is a second valid input to splice from. */
export function mutated(bytes: Uint8Array, other: Uint8Array, draws: Draws): Uint8Array {
  let current = Uint8Array.from(bytes);
  for (let n = 1 + draws.below(4); n > 0; n--) current = mutateOnce(current, other, draws);
  return current;
}

function mutateOnce(bytes: Uint8Array<ArrayBuffer>, other: Uint8Array, draws: Draws): Uint8Array<ArrayBuffer> {
  const at = draws.below(Math.max(1, bytes.length));
  switch (draws.below(9)) {
    case 0:
      bytes[at] ^= 1 << draws.below(8);
      return bytes;
    case 1:
      bytes[at] = draws.below(256);
      return bytes;
    case 2:
      bytes[at] = draws.of(INTERESTING);
      return bytes;
    case 3:
      return bytes.slice(0, at);
    case 4: // a piece is there twice
      return joined(bytes.subarray(0, at), bytes.subarray(Math.max(0, at - draws.below(16))));
    case 5: // a piece is missing
      return joined(bytes.subarray(0, at), bytes.subarray(at + draws.below(16)));
    case 6: { // of another message
      const from = draws.below(Math.max(1, other.length));
      return joined(bytes.subarray(0, at), other.subarray(from));
    }
    case 7:
      if (bytes.length >= at + 4) new DataView(bytes.buffer).setInt32(at, draws.of(NUMBERS), draws.below(2) === 0);
      return bytes;
    default:
      return joined(bytes.subarray(0, at), Uint8Array.from({ length: 1 + draws.below(8) }, () => draws.below(256)), bytes.subarray(at));
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const LETTERS = ['', ' ', '-', '--', '=', '\0', '\n', '"', "'", '{', '}', '[', ':', ',', '../', '%2e%2e%2f', '__proto__', 'constructor', '9'.repeat(40), '1e309', '-1', '٣', '𝕏', '\ud800'];

/** A text changed in one to three places. */
export function mutatedText(text: string, draws: Draws): string {
  let current = text;
  for (let n = 1 + draws.below(3); n > 0; n--) {
    const at = draws.below(current.length + 1);
    const end = draws.below(2) === 0 ? at : Math.min(current.length, at + draws.below(6));
    current = current.slice(0, at) + draws.of(LETTERS) + current.slice(end);
  }
  return current;
}
