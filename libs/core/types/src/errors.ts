/** Coded errors of types, codecs, messages and keys. */
import { WeirError } from '@weir/base';

/** What was found, in one or two words and never with the whole value: `string "abc"`, `null`, `Map`, `instance of Flight`. */
export function nameOfValue(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'number':
      return `number ${Object.is(value, -0) ? '-0' : value}`;
    case 'boolean':
      return `boolean ${value}`;
    case 'bigint':
      return 'bigint';
    case 'string':
      return `string ${JSON.stringify(value.length > 24 ? `${value.slice(0, 24)}...` : value)}`;
    case 'object': {
      if (Array.isArray(value)) return 'array';
      const name = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor?.name;
      return typeof name !== 'string' || name === 'Object' ? 'object' : `instance of ${name}`;
    }
    default:
      return typeof value;
  }
}

/** A value does not have the shape that its type declares. */
export class RecordShapeError extends WeirError {
  constructor(
    /** Field path from the record, e.g. `items[2].price`; empty for the record itself. */
    readonly path: string,
    readonly expected: string,
    found: unknown,
  ) {
    super({
      code: 'WEIR_RECORD_SHAPE',
      domain: 'user',
      retry: 'never',
      message: `${path === '' ? 'record' : `field ${path}`}: expected ${expected}, found ${nameOfValue(found)}`,
      hint: 'Produce records of the declared type, or declare the type that the records have (types.nullable, types.double, types.any).',
      details: { path, expected, found: nameOfValue(found) },
    });
  }
}

/** A type is declared wrongly, or a type description is not one. */
export class InvalidTypeError extends WeirError {
  constructor(message: string, hint = 'Build types with the functions of `types`; descriptions come from TypeInformation.describe().') {
    super({ code: 'WEIR_TYPE_INVALID', domain: 'user', retry: 'never', message, hint });
  }
}

/** A value or a message breaks the limits or rules of the self-describing encoding. */
export class MessageRefusedError extends WeirError {
  constructor(message: string, hint = 'Send plain data within the limits: depth 64, 16 MiB, 100 000 entries in a collection.') {
    super({ code: 'WEIR_MESSAGE_REFUSED', domain: 'user', retry: 'never', message, hint });
  }
}

/** A key of a kind that has no canonical bytes. */
export class UnsupportedKeyError extends WeirError {
  constructor(path: string, found: string) {
    super({
      code: 'WEIR_KEY_UNSUPPORTED',
      domain: 'user',
      retry: 'never',
      message: `key${path}: ${found} cannot be a key`,
      hint: 'Key by null, booleans, numbers, bigints, strings, dates, byte arrays, or arrays and plain objects of these.',
      details: { path, found },
    });
  }
}
