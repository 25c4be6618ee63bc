/**
 * What becomes of each column's values. hyparquet converts a dictionary once and then only points into it, so the cheapest place for a
 * conversion is one of its value parsers; 64-bit columns are therefore shown to it as timestamps whose parser makes what is asked for.
 */
import type { FileMetaData, ParquetParsers, SchemaElement, SchemaTree } from 'hyparquet';
import { parquetSchema } from 'hyparquet';
import type { TypeDescription } from '@weir/types';
import { ParquetColumnMissingError, ParquetValueError } from './errors.js';

export interface ColumnPlan {
  readonly name: string;
  readonly nullable: boolean;
  /** Metadata in which the column looks as its conversion needs it. */
  readonly metadata: FileMetaData;
  readonly parsers: Partial<ParquetParsers>;
  /** Check of a decoded value that the schema cannot promise; undefined when it can. */
  readonly check: ((value: unknown) => boolean) | undefined;
  readonly expected: string;
}

export interface WantedColumn {
  readonly name: string;
  /** Undefined: by the file's schema. */
  readonly type: TypeDescription | undefined;
}

/** Plans for the wanted columns, or for all when undefined. Throws `WEIR_PARQUET_COLUMN_MISSING`, `WEIR_PARQUET_VALUE`. */
export function planColumns(
  path: string,
  metadata: FileMetaData,
  wanted: readonly WantedColumn[] | undefined,
  dates: 'ms' | 'date',
): ColumnPlan[] {
  const tree = parquetSchema(metadata);
  const names = tree.children.map((child) => child.element.name);
  return (wanted ?? names.map((name) => ({ name, type: undefined }))).map((column) => {
    const child = tree.children[names.indexOf(column.name)];
    if (child === undefined) throw new ParquetColumnMissingError(path, column.name, names);
    return planColumn(path, metadata, child, column, dates);
  });
}

const DATE_KINDS = new Set(['TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS', 'DATE']);

function planColumn(
  path: string,
  metadata: FileMetaData,
  { element, children }: SchemaTree,
  { name, type }: WantedColumn,
  dates: 'ms' | 'date',
): ColumnPlan {
  const optional = element.repetition_type !== 'REQUIRED';
  const nullable = type === undefined ? optional : type.kind === 'nullable' || type.kind === 'any' || type.kind === 'json';
  const kind = type?.kind === 'nullable' ? type.of.kind : type?.kind;
  const isTime =
    element.logical_type?.type === 'TIMESTAMP' ||
    element.logical_type?.type === 'DATE' ||
    DATE_KINDS.has(element.converted_type ?? '') ||
    element.type === 'INT96';
  const isWide = element.type === 'INT64' && !isTime && children.length === 0 && element.converted_type !== 'DECIMAL';
  const found = describeElement(element, children.length > 0);
  const misfit = (): never => {
    throw new ParquetValueError(
      path,
      name,
      `the file holds ${found}, the job declares ${kind}`,
      'Declare what the column has: types.long for 64-bit numbers and times, types.date, types.bigint, types.string, ...',
    );
  };

  const asDate = kind === undefined ? dates === 'date' : kind === 'date';
  const unsafe = (value: bigint): never => {
    throw new ParquetValueError(path, name, `${value} is beyond the safe whole numbers`, 'Declare the column as types.bigint.');
  };
  const safe = (value: bigint): number => (value >= MIN_SAFE && value <= MAX_SAFE ? Number(value) : unsafe(value));

  let shown = metadata;
  let parsers: Partial<ParquetParsers> = {};
  if (isTime) {
    if (kind !== undefined && !['date', 'long', 'double', 'any'].includes(kind)) misfit();
    const made: (ms: number) => unknown = asDate ? (ms) => new Date(ms) : kind === 'long' ? Math.floor : (ms) => ms;
    parsers = {
      timestampFromMilliseconds: (value) => made(safe(value)),
      timestampFromMicroseconds: (value) => made(safe(value) / 1000),
      timestampFromNanoseconds: (value) => made(Number(value / 1000n) / 1000),
      dateFromDays: (days) => made(days * 86_400_000),
    };
  } else if (isWide && kind !== 'bigint') {
    if (kind === 'date') parsers = { timestampFromMilliseconds: (value) => new Date(safe(value)) };
    else if (kind === undefined || ['int', 'long', 'double', 'any', 'json'].includes(kind)) parsers = { timestampFromMilliseconds: safe };
    else misfit();
    shown = { ...metadata, schema: metadata.schema.map((it) => (it === element ? asTimestamp(it) : it)) };
  } else if (kind === 'bytes') {
    if (element.type !== 'BYTE_ARRAY' && element.type !== 'FIXED_LEN_BYTE_ARRAY') misfit();
    parsers = { stringFromBytes: (bytes: Uint8Array) => new Uint8Array(bytes) };
  }
  return { name, nullable, metadata: shown, parsers, ...checkOf(kind) };
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER);

function asTimestamp(element: SchemaElement): SchemaElement {
  const { converted_type: _converted, ...rest } = element;
  return { ...rest, logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } };
}

function checkOf(kind: TypeDescription['kind'] | undefined): Pick<ColumnPlan, 'check' | 'expected'> {
  switch (kind) {
    case 'int':
      return { check: (value) => ((value as number) | 0) === value, expected: 'a whole number of 32 bits' };
    case 'long':
      return { check: Number.isSafeInteger, expected: 'a safe whole number' };
    case 'double':
      return { check: (value) => typeof value === 'number', expected: 'a number' };
    case 'string':
    case 'boolean':
    case 'bigint':
      return { check: (value) => typeof value === kind, expected: `a ${kind}` };
    case 'date':
      return { check: (value) => value instanceof Date, expected: 'a date' };
    case 'bytes':
      return { check: (value) => value instanceof Uint8Array, expected: 'bytes' };
    default:
      return { check: undefined, expected: 'a value' };
  }
}

function describeElement(element: SchemaElement, nested: boolean): string {
  if (nested) return 'a nested group';
  const detail = element.logical_type?.type ?? element.converted_type;
  return `${element.type}${detail === undefined ? '' : ` (${detail})`}`;
}
