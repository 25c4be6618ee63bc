/**
 * The guarded MessagePack codec: self-describing values, envelopes and control messages. msgpack-lite writes and reads the bytes; this file
 * decides what may reach it. Slow by nature (about 0.3 M small values/s): never on the way of a record whose type is known.
 *
 * M1. What is decoded equals what was encoded: what MessagePack cannot say travels as a numbered extension, what nobody can say is refused.
 * M2. Bytes are walked before they are decoded: lengths, counts, depth, UTF-8, field names, extensions. msgpack-lite never sees others, so
 *     it never allocates by a forged length, rounds a 64-bit integer, or makes a field the prototype of an object.
 * Extension numbers are part of the snapshot format and never reused.
 */
import { ByteReader, ByteWriter, MalformedBytesError } from '@weir/base';
import msgpack from 'msgpack-lite';
import { readBigint, writeBigint } from './bigint-bytes.js';
import { MessageRefusedError } from './errors.js';
import { checkEntries, MESSAGE_LIMITS, PlainWalk, REFUSED_NAMES, refusedName, tooLong } from './plain-walk.js';
import { isWellFormed, readUtf8 } from './text.js';

const EXT_UNDEFINED = 1;
const EXT_BIGINT = 2;
const EXT_MAP = 3;
const EXT_SET = 4;
const EXT_DATE = 5;
const EXT_NUMBER = 6;
const EXT_BYTES = 7;
/** A string with half a surrogate pair, as UTF-16 units. */
const EXT_UTF16 = 8;

/** NaN, both infinities and -0, by their place. */
const SPECIAL_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];

/** An extension on its way through msgpack-lite. */
class Extension {
  constructor(readonly number: number, readonly payload: Uint8Array) {}
}

const codec = msgpack.createCodec();
for (const number of [EXT_UNDEFINED, EXT_BIGINT, EXT_MAP, EXT_SET, EXT_DATE, EXT_NUMBER, EXT_BYTES, EXT_UTF16]) {
  codec.addExtUnpacker(number, (payload) => unpackExtension(number, payload));
}
/** msgpack-lite's packers are per class and not per number, so each number has a class of its own. */
const extensionClasses = new Map<number, typeof Extension>();
for (let number = EXT_UNDEFINED; number <= EXT_UTF16; number++) {
  const name = `WeirExtension${number}`;
  const numbered = { [name]: class extends Extension {} }[name];
  extensionClasses.set(number, numbered);
  codec.addExtPacker(number, numbered, (extension) => extension.payload);
}

/**
 * Bytes of a plain value: null, undefined, booleans, numbers, bigints, strings, Date, Uint8Array, Map, Set, arrays and ordinary objects.
 * Throws `WEIR_MESSAGE_REFUSED` for anything else (functions, symbols, class instances), beyond a limit, and for cycles.
 */
export function encodeMessage(value: unknown): Uint8Array {
  const walk = new EncodeWalk();
  const encoded = msgpack.encode(walk.plain(value, 0), { codec });
  if (encoded.length > MESSAGE_LIMITS.bytes) throw tooLong(encoded.length);
  return new Uint8Array(encoded);
}

/** Turns a value into what msgpack-lite says exactly. */
class EncodeWalk extends PlainWalk {
  protected number(value: number): unknown {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return extension(EXT_NUMBER, Uint8Array.of(SPECIAL_NUMBERS.findIndex((special) => Object.is(special, value))));
  }
  protected text(value: string): unknown {
    if (isWellFormed(value)) return value;
    return written(EXT_UTF16, (out) => {
      for (let i = 0; i < value.length; i++) out.u16(value.charCodeAt(i));
    });
  }
  protected undefined(): unknown {
    return extension(EXT_UNDEFINED, new Uint8Array(0));
  }
  protected bigint(value: bigint): unknown {
    return written(EXT_BIGINT, (out) => writeBigint(value, out));
  }
  protected date(value: Date): unknown {
    return written(EXT_DATE, (out) => out.f64(value.getTime()));
  }
  protected octets(value: Uint8Array): unknown {
    return extension(EXT_BYTES, value);
  }
  protected map(elements: unknown[]): unknown {
    return extension(EXT_MAP, msgpack.encode(elements, { codec }));
  }
  protected set(elements: unknown[]): unknown {
    return extension(EXT_SET, msgpack.encode(elements, { codec }));
  }
}

function extension(number: number, payload: Uint8Array): Extension {
  const numbered = extensionClasses.get(number) as typeof Extension;
  return new numbered(number, payload);
}

function written(number: number, write: (out: ByteWriter) => void): Extension {
  const out = new ByteWriter(16);
  write(out);
  return extension(number, out.toBytes());
}

/**
 * The value of exactly these bytes; it shares no memory with them. Throws `WEIR_BYTES_MALFORMED` for what is not one whole message, and
 * `WEIR_MESSAGE_REFUSED` for a message beyond the limits or with a refused field name.
 */
export function decodeMessage(bytes: Uint8Array): unknown {
  if (bytes.length > MESSAGE_LIMITS.bytes) throw tooLong(bytes.length);
  const end = walkMessage(bytes, 0, 0);
  if (end !== bytes.length) throw new MalformedBytesError(`${bytes.length - end} bytes after the message`);
  return msgpack.decode(bytes, { codec });
}

function unpackExtension(number: number, payload: Uint8Array): unknown {
  const reader = new ByteReader(payload);
  switch (number) {
    case EXT_UNDEFINED:
      return undefined;
    case EXT_BIGINT:
      return readBigint(reader);
    case EXT_MAP: {
      const elements = msgpack.decode(payload, { codec }) as unknown[];
      const entries = new Map<unknown, unknown>();
      for (let i = 0; i < elements.length; i += 2) entries.set(elements[i], elements[i + 1]);
      return entries;
    }
    case EXT_SET:
      return new Set(msgpack.decode(payload, { codec }) as unknown[]);
    case EXT_DATE:
      return new Date(reader.f64());
    case EXT_NUMBER:
      return SPECIAL_NUMBERS[payload[0]];
    case EXT_UTF16: {
      let text = '';
      while (reader.remaining > 0) text += String.fromCharCode(reader.u16());
      return text;
    }
    default:
      return new Uint8Array(payload);
  }
}

/** Fails unless a whole well-formed message lies at `at` (M2); returns where it ends. */
function walkMessage(bytes: Uint8Array, at: number, depth: number): number {
  if (depth > MESSAGE_LIMITS.depth) throw new MessageRefusedError(`message nested deeper than ${MESSAGE_LIMITS.depth} at offset ${at}`);
  need(bytes, at, 1);
  const type = bytes[at];
  const next = at + 1;
  if (type < 0x80 || type >= 0xe0) return next;
  if (type < 0x90) return walkObject(bytes, next, type & 0x0f, depth);
  if (type < 0xa0) return walkArray(bytes, next, type & 0x0f, depth);
  if (type < 0xc0) return walkText(bytes, next, type & 0x1f);
  switch (type) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return next;
    case 0xcc:
    case 0xd0:
      return need(bytes, next, 1);
    case 0xcd:
    case 0xd1:
      return need(bytes, next, 2);
    case 0xca:
    case 0xce:
    case 0xd2:
      return need(bytes, next, 4);
    case 0xcb:
      return need(bytes, next, 8);
    case 0xd9:
    case 0xda:
    case 0xdb:
      return walkText(bytes, next + sizeOf(type, 0xd9), lengthAt(bytes, next, sizeOf(type, 0xd9)));
    case 0xdc:
    case 0xdd:
      return walkArray(bytes, next + sizeOf(type, 0xdb), lengthAt(bytes, next, sizeOf(type, 0xdb)), depth);
    case 0xde:
    case 0xdf:
      return walkObject(bytes, next + sizeOf(type, 0xdd), lengthAt(bytes, next, sizeOf(type, 0xdd)), depth);
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return walkExtension(bytes, next + sizeOf(type, 0xc7), lengthAt(bytes, next, sizeOf(type, 0xc7)), depth);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return walkExtension(bytes, next, 1 << (type - 0xd4), depth);
    default: // bin, 64-bit integers and the unused 0xc1: never written by encodeMessage
      throw new MalformedBytesError(`unknown MessagePack type 0x${type.toString(16)} at offset ${at}`);
  }
}

/** 1, 2 or 4 bytes of length, by the distance from the one-byte form. */
function sizeOf(type: number, oneByteForm: number): number {
  return 1 << (type - oneByteForm);
}

function need(bytes: Uint8Array, at: number, size: number): number {
  if (at + size <= bytes.length) return at + size;
  throw new MalformedBytesError(`message cut off: ${size} bytes wanted at offset ${at}, ${bytes.length - at} left`);
}

function lengthAt(bytes: Uint8Array, at: number, size: number): number {
  need(bytes, at, size);
  let length = 0;
  for (let i = 0; i < size; i++) length = length * 256 + bytes[at + i];
  return length;
}

function walkText(bytes: Uint8Array, at: number, length: number): number {
  const end = need(bytes, at, length);
  for (let i = at; i < end; i++) {
    if (bytes[i] > 127) {
      readUtf8(bytes.subarray(at, end));
      break;
    }
  }
  return end;
}

function walkArray(bytes: Uint8Array, at: number, count: number, depth: number): number {
  checkEntries(count);
  let next = at;
  for (let i = 0; i < count; i++) next = walkMessage(bytes, next, depth + 1);
  return next;
}

function walkObject(bytes: Uint8Array, at: number, count: number, depth: number): number {
  checkEntries(count);
  let next = at;
  for (let i = 0; i < count; i++) {
    need(bytes, next, 1);
    const type = bytes[next];
    const size = type >= 0xa0 && type < 0xc0 ? 0 : type >= 0xd9 && type <= 0xdb ? sizeOf(type, 0xd9) : -1;
    if (size === -1) throw new MalformedBytesError(`field name of MessagePack type 0x${type.toString(16)} at offset ${next}`);
    const start = next + 1 + size;
    const end = walkText(bytes, start, size === 0 ? type & 0x1f : lengthAt(bytes, next + 1, size));
    const name = readUtf8(bytes.subarray(start, end));
    if (REFUSED_NAMES.has(name)) throw refusedName(name);
    next = walkMessage(bytes, end, depth + 1);
  }
  return next;
}

function walkExtension(bytes: Uint8Array, at: number, length: number, depth: number): number {
  const end = need(bytes, at, length + 1);
  const number = bytes[at];
  const payload = bytes.subarray(at + 1, end);
  const malformed = (): MalformedBytesError => new MalformedBytesError(`extension ${number} of ${length} bytes at offset ${at}`);
  switch (number) {
    case EXT_UNDEFINED:
      if (length !== 0) throw malformed();
      break;
    case EXT_BIGINT: {
      const reader = new ByteReader(payload);
      readBigint(reader);
      if (reader.remaining !== 0) throw malformed();
      break;
    }
    case EXT_MAP:
    case EXT_SET:
      walkElements(payload, number === EXT_MAP ? 2 : 1, depth, malformed);
      break;
    case EXT_DATE:
      if (length !== 8) throw malformed();
      break;
    case EXT_NUMBER:
      if (length !== 1 || payload[0] >= SPECIAL_NUMBERS.length) throw malformed();
      break;
    case EXT_UTF16:
      if (length % 2 !== 0) throw malformed();
      break;
    case EXT_BYTES:
      break;
    default:
      throw malformed();
  }
  return end;
}

/** The payload of a Map or Set: one array, `width` elements an entry. */
function walkElements(payload: Uint8Array, width: number, depth: number, malformed: () => MalformedBytesError): void {
  need(payload, 0, 1);
  const type = payload[0];
  const size = type >= 0x90 && type < 0xa0 ? 0 : type === 0xdc || type === 0xdd ? sizeOf(type, 0xdb) : -1;
  if (size === -1) throw malformed();
  const count = size === 0 ? type & 0x0f : lengthAt(payload, 1, size);
  if (count % width !== 0) throw malformed();
  checkEntries(count / width);
  let next = 1 + size;
  for (let i = 0; i < count; i++) next = walkMessage(payload, next, depth + 1);
  if (next !== payload.length) throw malformed();
}
