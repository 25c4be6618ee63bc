/**
 * Whole-column text conversion, and strings that own their characters.
 *
 * In Node the Buffer does it; elsewhere TextEncoder and TextDecoder, which are slower and equal in result.
 */
import { MalformedBytesError } from '@weir/base';

interface NativeText extends Uint8Array {
  write(text: string, offset: number, length: number, encoding: 'utf8' | 'latin1'): number;
  toString(encoding?: 'utf8' | 'latin1', start?: number, end?: number): string;
}
interface NativeBuffer {
  from(memory: ArrayBufferLike, offset: number, length: number): NativeText;
}

const nativeBuffer = (globalThis as { Buffer?: NativeBuffer }).Buffer;
const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Writes well-formed text as UTF-8 at `offset`, where three bytes per UTF-16 unit are free. Returns the bytes written. */
export function writeUtf8(text: string, into: Uint8Array, offset: number): number {
  if (nativeBuffer !== undefined) {
    const room = into.length - offset;
    return nativeBuffer.from(into.buffer, into.byteOffset + offset, room).write(text, 0, room, 'utf8');
  }
  return utf8Encoder.encodeInto(text, into.subarray(offset)).written;
}

/** One string of bytes below 128. */
export function readAscii(bytes: Uint8Array): string {
  if (nativeBuffer !== undefined) return nativeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return utf8Decoder.decode(bytes);
}

/** One string of UTF-8. Throws `WEIR_BYTES_MALFORMED`. */
export function readUtf8(bytes: Uint8Array): string {
  try {
    return utf8Decoder.decode(bytes);
  } catch (cause) {
    throw new MalformedBytesError('a text is not UTF-8', cause);
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** False for strings with half a surrogate pair, which UTF-8 cannot hold. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** V8's SlicedString::kMinLength: shorter substrings are copies anyway. */
const SLICED_LENGTH_MIN = 13;

/**
 * An equal string with memory of its own. A string decoded from a column is a slice of the whole column's text and keeps it alive;
 * whatever retains strings for longer than a batch (state, interned keys) stores `ownedString(text)`. About 0.2 us from 13
 * characters on, free below.
 */
export function ownedString(text: string): string {
  if (text.length < SLICED_LENGTH_MIN) return text;
  const size = text.length;
  if (nativeBuffer !== undefined && size <= CHUNK) {
    nativeScratch ??= nativeBuffer.from(new ArrayBuffer(CHUNK * 3), 0, CHUNK * 3);
    // As many bytes as characters: ASCII, which the common case is.
    if (nativeScratch.write(text, 0, CHUNK * 3, 'utf8') === size) return nativeScratch.toString('latin1', 0, size);
  }
  let owned = '';
  for (let from = 0; from < size; from += CHUNK) owned += copyOfPart(text, from, Math.min(from + CHUNK, size));
  return owned;
}

const CHUNK = 4096;
let nativeScratch: NativeText | undefined = undefined;

function copyOfPart(text: string, from: number, to: number): string {
  const units = new Array<number>(to - from);
  for (let i = from; i < to; i++) units[i - from] = text.charCodeAt(i);
  return String.fromCharCode(...units);
}
