/**
 * Hashes and Map keys of keys. Hot path: called once per record by partitioners and keyed state.
 *
 * Boundary: this lib gives 32 bits per key; the key group is made of them in @weir/state. Hashes decide where state lives and are part of
 * the snapshot format: they never change.
 */
import { ByteWriter, murmurBytes, murmurString } from '@weir/base';
import { encodeKey } from './key-bytes.js';

const scratch = new ByteWriter(256);
const bits = new DataView(new ArrayBuffer(8));

/**
 * Signed 32-bit hash. Whole numbers of 32 bits are their own hash and booleans are 1231 and 1237, as in Java; strings hash their UTF-16
 * units; other numbers fold their float64 bits; null is 0; the rest hashes its canonical bytes. Throws `WEIR_KEY_UNSUPPORTED`.
 */
export function keyHash(key: unknown): number {
  switch (typeof key) {
    case 'number':
      return (key | 0) === key ? key | 0 : foldDouble(key);
    case 'string':
      return murmurString(key);
    case 'boolean':
      return key ? 1231 : 1237;
    default:
      break;
  }
  if (key === null) return 0;
  scratch.reset();
  encodeKey(key, scratch);
  return murmurBytes(scratch.view8());
}

/** Double.hashCode: the two halves of the bits, exclusive-or. */
function foldDouble(value: number): number {
  bits.setFloat64(0, value !== value ? Number.NaN : value, true);
  return bits.getInt32(0, true) ^ bits.getInt32(4, true);
}

/** A string that is equal for equal keys only: what a Map is keyed by when the key is not a primitive. Throws `WEIR_KEY_UNSUPPORTED`. */
export function canonicalKeyString(key: unknown): string {
  scratch.reset();
  encodeKey(key, scratch);
  const bytes = scratch.view8();
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
