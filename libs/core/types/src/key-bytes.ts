/**
 * Canonical self-describing bytes of keys: one tag byte, then the payload.
 *
 * K1. Equal keys have equal bytes and different keys different ones. -0 is 0; there is one NaN; object fields are sorted by name.
 * K2. What has no canonical form is refused (`WEIR_KEY_UNSUPPORTED`), never approximated: a key that changes its bytes loses its state.
 * The bytes are part of the snapshot format: tags are never reused.
 */
import { type ByteReader, type ByteWriter, MalformedBytesError } from '@weir/base';
import { readBigint, writeBigint } from './bigint-bytes.js';
import { nameOfValue, UnsupportedKeyError } from './errors.js';

const TAG_NULL = 0;
const TAG_FALSE = 1;
const TAG_TRUE = 2;
const TAG_INT = 3;
const TAG_DOUBLE = 4;
const TAG_STRING = 5;
const TAG_BIGINT = 6;
const TAG_DATE = 7;
const TAG_ARRAY = 8;
const TAG_OBJECT = 9;
const TAG_BYTES = 10;

const DEPTH_MAX = 32;

/** Appends the canonical bytes of `key`. Throws `WEIR_KEY_UNSUPPORTED`; `out` then is as before the call. */
export function encodeKey(key: unknown, out: ByteWriter): void {
  const start = out.length;
  try {
    writeKey(key, out, '', 0);
  } catch (error) {
    out.length = start;
    throw error;
  }
}

function writeKey(key: unknown, out: ByteWriter, path: string, depth: number): void {
  switch (typeof key) {
    case 'number':
      if ((key | 0) === key) {
        out.u8(TAG_INT);
        out.i32(key);
      } else {
        out.u8(TAG_DOUBLE);
        out.f64(key !== key ? Number.NaN : key); // K1: whatever bits this NaN had
      }
      return;
    case 'string':
      out.u8(TAG_STRING);
      out.string(key);
      return;
    case 'boolean':
      out.u8(key ? TAG_TRUE : TAG_FALSE);
      return;
    case 'bigint':
      out.u8(TAG_BIGINT);
      writeBigint(key, out);
      return;
    case 'object':
      writeObjectKey(key, out, path, depth);
      return;
    default:
      throw new UnsupportedKeyError(path, typeof key === 'undefined' ? 'undefined' : nameOfValue(key));
  }
}

function writeObjectKey(key: object | null, out: ByteWriter, path: string, depth: number): void {
  if (key === null) {
    out.u8(TAG_NULL);
    return;
  }
  if (depth >= DEPTH_MAX) throw new UnsupportedKeyError('', `a value nested deeper than ${DEPTH_MAX}`);
  if (Array.isArray(key)) {
    out.u8(TAG_ARRAY);
    out.varint(key.length);
    for (let i = 0; i < key.length; i++) writeKey(key[i], out, `${path}[${i}]`, depth + 1);
    return;
  }
  if (key instanceof Date) {
    const time = key.getTime();
    if (Number.isNaN(time)) throw new UnsupportedKeyError(path, 'an invalid date');
    out.u8(TAG_DATE);
    out.f64(time + 0);
    return;
  }
  if (key instanceof Uint8Array) {
    out.u8(TAG_BYTES);
    out.bytes(key);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(key);
  if (prototype !== Object.prototype && prototype !== null) throw new UnsupportedKeyError(path, nameOfValue(key));
  const names = Object.keys(key).sort(); // K1
  out.u8(TAG_OBJECT);
  out.varint(names.length);
  for (const name of names) {
    out.string(name);
    writeKey((key as Record<string, unknown>)[name], out, `${path}.${name}`, depth + 1);
  }
}

/** Reads a key that {@link encodeKey} wrote, and advances. Objects come back with sorted fields. Throws `WEIR_BYTES_MALFORMED`. */
export function decodeKey(reader: ByteReader): unknown {
  return readKey(reader, 0);
}

function readKey(reader: ByteReader, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new MalformedBytesError(`key nested deeper than ${DEPTH_MAX} at offset ${reader.offset}`);
  const tag = reader.u8();
  switch (tag) {
    case TAG_NULL:
      return null;
    case TAG_FALSE:
      return false;
    case TAG_TRUE:
      return true;
    case TAG_INT:
      return reader.i32();
    case TAG_DOUBLE:
      return reader.f64();
    case TAG_STRING:
      return reader.string();
    case TAG_BIGINT:
      return readBigint(reader);
    case TAG_DATE:
      return new Date(reader.f64());
    case TAG_BYTES:
      return new Uint8Array(reader.bytes());
    case TAG_ARRAY: {
      const elements: unknown[] = [];
      for (let left = readCount(reader); left > 0; left--) elements.push(readKey(reader, depth + 1));
      return elements;
    }
    case TAG_OBJECT: {
      const fields: [string, unknown][] = [];
      for (let left = readCount(reader); left > 0; left--) fields.push([reader.string(), readKey(reader, depth + 1)]);
      return Object.fromEntries(fields); // defines own properties: `__proto__` stays a plain field
    }
    default:
      throw new MalformedBytesError(`unknown key tag ${tag} at offset ${reader.offset - 1}`);
  }
}

function readCount(reader: ByteReader): number {
  const count = reader.varint();
  if (count > reader.remaining) throw new MalformedBytesError(`${count} key elements announced at offset ${reader.offset}`);
  return count;
}
