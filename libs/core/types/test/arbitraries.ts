/** Random types, each with an arbitrary of its values. */
import fc from 'fast-check';
import { types, type TypeInformation } from '../src/index.js';

export interface TypeAndValues {
  readonly type: TypeInformation<unknown>;
  readonly values: fc.Arbitrary<unknown>;
}

/** Any JavaScript string, lone surrogates included. */
export const anyString = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
);
const bytes = fc.uint8Array({ maxLength: 20 }).map((a) => new Uint8Array(a));
const bigints = fc.oneof(fc.bigInt(), fc.bigInt({ min: -(1n << 200n), max: 1n << 200n }));
/** Jest takes no invalid date for equal to another: they have a test of their own. */
const dates = fc.date({ noInvalidDate: true });
const longs = fc.maxSafeInteger().map((n) => n + 0);

const edges: readonly unknown[] = [
  null, undefined, true, false, -0, Number.NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, -(2 ** 31) - 1, 2 ** 53,
];
const refusedNames = ['__proto__', 'constructor', '_isUint64BE', '_isInt64BE'];

/** What the self-describing encoding takes: everything plain. */
export const plainValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...edges), fc.double(), fc.integer(), anyString, bigints, dates, bytes),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.string().filter((name) => !refusedNames.includes(name)), tie('value'), { maxKeys: 6, noNullPrototype: true }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 4 }).map((elements) => new Set(elements)),
  ),
})).value;

const scalars: readonly TypeAndValues[] = [
  { type: types.int, values: fc.integer() },
  { type: types.long, values: longs },
  { type: types.double, values: fc.double() },
  { type: types.boolean, values: fc.boolean() },
  { type: types.string, values: anyString },
  { type: types.string, values: fc.constantFrom('red', 'green', 'blue') },
  { type: types.bigint, values: bigints },
  { type: types.bytes, values: bytes },
  { type: types.date, values: dates },
  { type: types.json, values: fc.jsonValue({ maxDepth: 2 }).map((v) => JSON.parse(JSON.stringify(v)) as unknown) },
  { type: types.any, values: plainValue },
].map((pair) => pair as TypeAndValues);

const names = ['a', 'b', 'price', 'hasOwnProperty', 'with "quotes"', '2', 'ünï', 'n', 'values', 'out'];
const fieldName = fc.oneof(fc.constantFrom(...names), fc.string()).filter(
  // Jest compares the constructors of objects by the field.
  (name) => name !== '__proto__' && name !== 'constructor',
);

/** Any type with values of it. */
export const typeAndValues: fc.Arbitrary<TypeAndValues> = fc.letrec<{ type: TypeAndValues; row: TypeAndValues }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...scalars),
    tie('type').map(({ type, values }) => ({
      type: types.nullable(type) as TypeInformation<unknown>,
      values: fc.option(values),
    })),
    tie('type').map(({ type, values }) => ({
      type: types.list(type) as TypeInformation<unknown>,
      values: fc.array(values, { maxLength: 5 }),
    })),
    fc.tuple(fc.constantFrom(...scalars.slice(0, 6)), tie('type')).map(([key, value]) => ({
      type: types.map(key.type, value.type) as TypeInformation<unknown>,
      values: fc.array(fc.tuple(key.values, value.values), { maxLength: 4 }).map((entries) => new Map(entries)),
    })),
    fc.array(tie('type'), { maxLength: 3 }).map((parts) => ({
      type: types.tuple(...parts.map(({ type }) => type)) as TypeInformation<unknown>,
      values: fc.tuple(...parts.map(({ values }) => values)) as fc.Arbitrary<unknown>,
    })),
    tie('row'),
  ),
  row: rowOf(tie('type')),
})).type;

function rowOf(fields: fc.Arbitrary<TypeAndValues>): fc.Arbitrary<TypeAndValues> {
  return fc.uniqueArray(fc.tuple(fieldName, fields), { maxLength: 6, selector: ([name]) => name }).map((parts) => ({
    type: types.row(Object.fromEntries(parts.map(([name, { type }]) => [name, type]))) as TypeInformation<unknown>,
    values: fc.record(Object.fromEntries(parts.map(([name, { values }]) => [name, values])), {
      noNullPrototype: true,
    }) as fc.Arbitrary<unknown>,
  }));
}

/** A row type with values of it. */
export const rowAndValues: fc.Arbitrary<TypeAndValues> = rowOf(typeAndValues);

/** A type and up to `maxLength` values. */
export function batchOf(
  pairs: fc.Arbitrary<TypeAndValues>,
  maxLength = 40,
): fc.Arbitrary<{ type: TypeInformation<unknown>; values: unknown[] }> {
  return pairs.chain(({ type, values }) => fc.array(values, { maxLength }).map((batch) => ({ type, values: batch })));
}
