/** The types a job declares its records and state with. */
import { InvalidTypeError } from './errors.js';
import { list, map, nullable, row, type RowFields, type RowOf, tuple, type TupleOf } from './composite-types.js';
import { asGenerated } from './generated-type.js';
import {
  anyType,
  bigintType,
  booleanType,
  bytesType,
  dateType,
  doubleType,
  intType,
  type JsonValue,
  jsonType,
  longType,
  stringType,
} from './scalar-types.js';
import type { TypeInformation } from './type-information.js';

/** The same type under a declared version, for state that outlives its job. Throws `WEIR_TYPE_INVALID` unless a whole number from 1. */
function versioned<T>(type: TypeInformation<T>, version: number): TypeInformation<T> {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidTypeError(`a type version is a whole number from 1, not ${version}`, 'Count versions 1, 2, 3.');
  }
  return asGenerated(type).withVersion(version);
}

/**
 * ```ts
 * const flight = types.row({ origin: types.string, delay: types.int, gate: types.nullable(types.string) });
 * type Flight = Infer<typeof flight>;
 * ```
 */
export const types = {
  /** Whole numbers of 32 bits. */
  int: intType as TypeInformation<number>,
  /** Safe whole numbers, up to 2^53 - 1 either way; event times in milliseconds. */
  long: longType as TypeInformation<number>,
  /** Any number. */
  double: doubleType as TypeInformation<number>,
  boolean: booleanType as TypeInformation<boolean>,
  /** Any string; lone surrogates are kept. */
  string: stringType as TypeInformation<string>,
  bigint: bigintType as TypeInformation<bigint>,
  bytes: bytesType as TypeInformation<Uint8Array>,
  /** Dates with milliseconds. */
  date: dateType as TypeInformation<Date>,
  /** Any JSON value, as its text. */
  json: jsonType as TypeInformation<JsonValue>,
  /** Any plain value, self-describing: slow, and every value counts as a fallback. */
  any: anyType as TypeInformation<unknown>,
  /** {@link types.any} under a static type that nobody checks. */
  generic: <T>(): TypeInformation<T> => anyType as TypeInformation<unknown> as TypeInformation<T>,
  nullable: <T>(of: TypeInformation<T>): TypeInformation<T | null> => nullable(of),
  list: <T>(of: TypeInformation<T>): TypeInformation<T[]> => list(of),
  map: <K, V>(key: TypeInformation<K>, value: TypeInformation<V>): TypeInformation<Map<K, V>> => map(key, value),
  row: <F extends RowFields>(fields: F): TypeInformation<RowOf<F>> => row(fields),
  tuple: <const P extends readonly TypeInformation<unknown>[]>(...elements: P): TypeInformation<TupleOf<P>> => tuple(...elements),
  versioned,
} as const;
