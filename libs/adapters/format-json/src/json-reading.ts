/**
 * From what JSON.parse gives to values of a declared type: checks shapes and makes the values that JSON lacks.
 *
 *   date <- ISO text or milliseconds    bigint <- digits as text, or a whole number    bytes <- base64 text
 *   map  <- object (string keys) or list of pairs    nullable <- null or a field that is not there
 *
 * Rows are made by generated code: fresh objects of one hidden class with exactly the declared fields.
 */
import type { TypeDescription } from '@weir/types';
import { RecordRejection } from '@weir/connector';

export type JsonReader = (value: unknown) => unknown;

/** A reader of this type's values. `path` names the place in messages, e.g. `items[].price`; empty for the record itself. */
export function jsonReader(type: TypeDescription, path = ''): JsonReader {
  switch (type.kind) {
    case 'int':
      return (value) => (((value as number) | 0) === value ? value : refuse(path, 'a whole number of 32 bits', value));
    case 'long':
      return (value) => (Number.isSafeInteger(value) ? value : refuse(path, 'a safe whole number', value));
    case 'double':
      return (value) => (typeof value === 'number' ? value : refuse(path, 'a number', value));
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : refuse(path, 'a boolean', value));
    case 'string':
      return (value) => (typeof value === 'string' ? value : refuse(path, 'a string', value));
    case 'bigint':
      return (value) =>
        (typeof value === 'string' && /^-?\d+$/.test(value)) || Number.isSafeInteger(value)
          ? BigInt(value as string | number)
          : refuse(path, 'a whole number, or its digits as a string', value);
    case 'bytes':
      return (value) =>
        typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
          ? new Uint8Array(Buffer.from(value, 'base64'))
          : refuse(path, 'bytes as a base64 string', value);
    case 'date':
      return (value) => readDate(path, value);
    case 'json':
    case 'any':
    case 'inferred':
      return (value) => value;
    case 'nullable': {
      const read = jsonReader(type.of, path);
      return (value) => (value === null || value === undefined ? null : read(value));
    }
    case 'list': {
      const read = jsonReader(type.of, `${path}[]`);
      return (value) => (Array.isArray(value) ? value.map((element) => read(element)) : refuse(path, 'an array', value));
    }
    case 'tuple': {
      const reads = type.elements.map((element, index) => jsonReader(element, `${path}[${index}]`));
      return (value) =>
        Array.isArray(value) && value.length === reads.length
          ? reads.map((read, index) => read(value[index]))
          : refuse(path, `an array of ${reads.length}`, value);
    }
    case 'map':
      return mapReader(type.key, type.value, path);
    case 'row':
      return rowReader(type, path);
  }
}

function readDate(path: string, value: unknown): Date {
  const date = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? refuse(path, 'a date as ISO text or milliseconds', value) : date;
}

function mapReader(key: TypeDescription, value: TypeDescription, path: string): JsonReader {
  const readKey = jsonReader(key, `${path}{key}`);
  const readValue = jsonReader(value, `${path}{}`);
  if (key.kind === 'string') {
    return (found) =>
      typeof found === 'object' && found !== null && !Array.isArray(found)
        ? new Map(Object.entries(found).map(([k, v]) => [k, readValue(v)]))
        : refuse(path, 'an object', found);
  }
  return (found) =>
    Array.isArray(found) && found.every((pair) => Array.isArray(pair) && pair.length === 2)
      ? new Map((found as [unknown, unknown][]).map(([k, v]) => [readKey(k), readValue(v)]))
      : refuse(path, 'an array of pairs', found);
}

let generated = 0;

function rowReader(type: Extract<TypeDescription, { kind: 'row' }>, path: string): JsonReader {
  const reads = type.fields.map((field) => jsonReader(field.type, path === '' ? field.name : `${path}.${field.name}`));
  const members = type.fields.map((field, index) => `${JSON.stringify(field.name)}:r[${index}](v[${JSON.stringify(field.name)}])`);
  // Identical text would share V8's type feedback between types; the number keeps them apart.
  const make = new Function(
    'r',
    'notARow',
    `/* json row ${generated++} */
    return (v) => typeof v === 'object' && v !== null && !Array.isArray(v) ? {${members.join(',')}} : notARow(v);`,
  ) as (reads: readonly JsonReader[], notARow: JsonReader) => JsonReader;
  return make(reads, (value) => refuse(path, 'an object', value));
}

function refuse(path: string, expected: string, value: unknown): never {
  const found =
    value === undefined
      ? 'nothing'
      : value === null
        ? 'null'
        : Array.isArray(value)
          ? 'an array'
          : typeof value === 'object'
            ? 'an object'
            : `${typeof value} ${JSON.stringify(typeof value === 'string' && value.length > 24 ? `${value.slice(0, 24)}...` : value)}`;
  throw new RecordRejection('shape', `${path === '' ? 'record' : `field ${path}`}: expected ${expected}, found ${found}`);
}
