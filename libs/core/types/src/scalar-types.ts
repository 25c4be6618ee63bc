/** The types without parts: numbers, booleans, strings, bigints, bytes, dates, JSON text, and self-describing values. */
import { type ByteReader, type ByteWriter, MalformedBytesError, toError } from '@weir/base';
import { readBigint, writeBigint } from './bigint-bytes.js';
import { RecordShapeError } from './errors.js';
import { GeneratedType, type TypeCode } from './generated-type.js';
import { copyMessage } from './copy-message.js';
import { decodeMessage, encodeMessage } from './message-pack.js';
import type { FallbackCounter } from './source-text.js';
import { ownedString } from './text.js';
import type { ScalarKind } from './type-information.js';

/** Any value that JSON has. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

interface ScalarCode extends Pick<TypeCode, 'column' | 'read'> {
  /** Expression that is true when the variable does not fit. */
  readonly misfit: (value: string) => string;
  readonly expected: string;
  readonly append: TypeCode['write'];
  readonly copy?: TypeCode['copy'];
  readonly fit?: TypeCode['fit'];
}

function scalar<T>(kind: ScalarKind, isKeyType: boolean, code: ScalarCode): GeneratedType<T> {
  const check: TypeCode['write'] = (source, value, path) => `if(${code.misfit(value)})${source.refuse(path, code.expected, value)};`;
  const whole: TypeCode = {
    column: code.column,
    check,
    write: (source, value, path) => check(source, value, path) + code.append(source, value, path),
    read: code.read,
    copy: code.copy ?? ((_source, value) => value),
    fit: code.fit ?? ((_source, value) => `if(${code.misfit(value)})return 2;`),
  };
  return new GeneratedType<T>(kind, isKeyType, whole, { kind });
}

/** Whole numbers are exact in 32 or 53 bits; everything else of `number`, -0 included, needs a double. */
const fitNumber = (exact: (value: string) => string): TypeCode['fit'] => (_source, value) =>
  `if(!(${exact(value)})||Object.is(${value},-0)){if(typeof ${value}!=='number')return 2;wide=1;}`;

/** Whole numbers from -2^31 to 2^31 - 1; four bytes. -0 becomes 0. */
export const intType = scalar<number>('int', true, {
  column: 'int',
  expected: 'a whole number of 32 bits',
  misfit: (v) => `typeof ${v}!=='number'||(${v}|0)!==${v}`,
  append: (_source, v) => `out.i32(${v});`,
  read: (_source, target) => `${target}=reader.i32();`,
  fit: fitNumber((v) => `typeof ${v}==='number'&&(${v}|0)===${v}`),
});

/** Whole numbers from -(2^53 - 1) to 2^53 - 1; eight bytes (float64). -0 becomes 0. */
export const longType = scalar<number>('long', true, {
  column: 'long',
  expected: 'a safe whole number',
  misfit: (v) => `!Number.isSafeInteger(${v})`,
  append: (_source, v) => `out.f64(${v}+0);`,
  read: (source, target) => `${target}=reader.f64();if(!Number.isSafeInteger(${target}))${source.bind(refuseLong)}(reader.offset);`,
  fit: fitNumber((v) => `Number.isSafeInteger(${v})`),
});

function refuseLong(offset: number): never {
  throw new MalformedBytesError(`not a whole number before offset ${offset}`);
}

/** Any number, with NaN, infinities and -0; eight bytes. */
export const doubleType = scalar<number>('double', true, {
  column: 'double',
  expected: 'a number',
  misfit: (v) => `typeof ${v}!=='number'`,
  append: (_source, v) => `out.f64(${v});`,
  read: (_source, target) => `${target}=reader.f64();`,
});

export const booleanType = scalar<boolean>('boolean', true, {
  column: 'boolean',
  expected: 'a boolean',
  misfit: (v) => `typeof ${v}!=='boolean'`,
  append: (_source, v) => `out.u8(${v}?1:0);`,
  read: (_source, target) => `${target}=reader.u8()!==0;`,
});

/** Any string, lone surrogates included. */
export const stringType = scalar<string>('string', true, {
  column: 'string',
  expected: 'a string',
  misfit: (v) => `typeof ${v}!=='string'`,
  append: (_source, v) => `out.string(${v});`,
  read: (_source, target) => `${target}=reader.string();`,
  copy: (source, v) => `${source.bind(ownedString)}(${v})`,
});

/** Bigints of any size. */
export const bigintType = scalar<bigint>('bigint', true, {
  column: 'blob',
  expected: 'a bigint',
  misfit: (v) => `typeof ${v}!=='bigint'`,
  append: (source, v) => `${source.bind(writeBigint)}(${v},out);`,
  read: (source, target) => `${target}=${source.bind(readBigint)}(reader);`,
});

/** Byte arrays; a Buffer comes back as a Uint8Array, a short one of a batch as a view of memory that the batch shares. */
export const bytesType = scalar<Uint8Array>('bytes', true, {
  column: 'bytes',
  expected: 'a Uint8Array',
  misfit: (v) => `!(${v} instanceof Uint8Array)`,
  append: (_source, v) => `out.bytes(${v});`,
  read: (_source, target) => `${target}=new Uint8Array(reader.bytes());`,
  copy: (_source, v) => `new Uint8Array(${v})`,
});

/** Dates by their milliseconds since 1970, eight bytes; invalid dates stay invalid. */
export const dateType = scalar<Date>('date', true, {
  column: 'date',
  expected: 'a Date',
  misfit: (v) => `!(${v} instanceof Date)`,
  append: (_source, v) => `out.f64(${v}.getTime());`,
  read: (_source, target) => `${target}=new Date(reader.f64());`,
  copy: (_source, v) => `new Date(${v}.getTime())`,
});

/** Any JSON value as its text. What JSON cannot hold is lost as in JSON.stringify; a value without JSON text is refused. */
export const jsonType = scalar<JsonValue>('json', false, {
  column: 'blob',
  expected: 'a JSON value',
  misfit: () => 'false',
  append: (source, v, path) => `${source.bind(writeJson)}(${v},out,${path});`,
  read: (source, target) => `${target}=${source.bind(readJson)}(reader);`,
  copy: (_source, v) => `JSON.parse(JSON.stringify(${v}))`,
});

function writeJson(value: unknown, out: ByteWriter, path: string): void {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new RecordShapeError(path.slice(1), `a JSON value (${toError(cause).message.split('\n')[0]})`, value);
  }
  if (text === undefined) throw new RecordShapeError(path.slice(1), 'a JSON value', value);
  out.string(text);
}

function readJson(reader: ByteReader): unknown {
  const text = reader.string();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedBytesError(`not JSON before offset ${reader.offset}`, cause);
  }
}

/** Any plain value, self-describing (see `encodeMessage`); slow, so each one counts as a fallback. */
export const anyType = scalar<unknown>('any', false, {
  column: 'blob',
  expected: 'a plain value',
  misfit: () => 'false',
  append: (source, v, path) => `${source.bind(writeAny)}(${v},out,${source.bind(source.fallbacks)},${path});`,
  read: (source, target) => `${target}=${source.bind(readAny)}(reader);`,
  copy: (source, v) => `${source.bind(copyMessage)}(${v})`,
});

function writeAny(value: unknown, out: ByteWriter, fallbacks: FallbackCounter, path: string): void {
  out.bytes(encodeMessage(value));
  fallbacks.add(() => `${path === '' ? 'record' : `field ${path.slice(1)}`} is of type any`);
}

function readAny(reader: ByteReader): unknown {
  return decodeMessage(reader.bytes());
}
