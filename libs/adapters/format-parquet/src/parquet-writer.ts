/** Writes records of a declared row as Parquet: columns are buffered per row group and compressed with Snappy. */
import type { SchemaElement } from 'hyparquet';
import { ByteWriter as ParquetBytes, ParquetWriter } from 'hyparquet-writer';
import type { BulkWriter } from '@weir/connector';
import type { FieldDescription, TypeDescription } from '@weir/types';
import { ParquetOptionsError, ParquetRecordUnwritableError } from './errors.js';

/** Rows per row group; about what readers like to decode at once. */
export const ROW_GROUP_ROWS = 100_000;
/** Finished bytes worth handing on. */
const TAKE_BYTES = 256 * 1024;

interface WrittenColumn {
  readonly name: string;
  readonly element: SchemaElement;
  readonly nullable: boolean;
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
  /** From the record's value to what the encoder takes. */
  readonly convert: ((value: never) => unknown) | undefined;
  /** Encoded bytes of a value, roughly. */
  readonly weigh: (value: never) => number;
}

/** The columns of a row type. Throws `WEIR_PARQUET_OPTIONS`. */
export function writtenColumns(fields: readonly FieldDescription[]): readonly WrittenColumn[] {
  return fields.map(({ name, type }) => {
    const nullable = type.kind === 'nullable';
    const inner: TypeDescription = nullable ? type.of : type;
    const column = columnOf(name, inner);
    return { ...column, name, nullable, element: { ...column.element, name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' } };
  });
}

type ColumnKind = Omit<WrittenColumn, 'name' | 'nullable' | 'element'> & {
  readonly element: Omit<SchemaElement, 'name' | 'repetition_type'>;
};

function columnOf(name: string, type: TypeDescription): ColumnKind {
  const fixed = (bytes: number) => (): number => bytes;
  switch (type.kind) {
    case 'int':
      return {
        element: { type: 'INT32' },
        fits: (v) => ((v as number) | 0) === v,
        expected: 'a whole number of 32 bits',
        convert: undefined,
        weigh: fixed(4),
      };
    case 'long':
      return {
        element: { type: 'INT64' },
        fits: Number.isSafeInteger,
        expected: 'a safe whole number',
        convert: (v: number) => BigInt(v),
        weigh: fixed(8),
      };
    case 'double':
      return { element: { type: 'DOUBLE' }, fits: (v) => typeof v === 'number', expected: 'a number', convert: undefined, weigh: fixed(8) };
    case 'boolean':
      return {
        element: { type: 'BOOLEAN' },
        fits: (v) => typeof v === 'boolean',
        expected: 'a boolean',
        convert: undefined,
        weigh: fixed(1),
      };
    case 'bigint':
      return {
        element: { type: 'INT64' },
        fits: (v) => typeof v === 'bigint' && BigInt.asIntN(64, v) === v,
        expected: 'a bigint of 64 bits',
        convert: undefined,
        weigh: fixed(8),
      };
    case 'string':
      return {
        element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
        fits: (v) => typeof v === 'string',
        expected: 'a string',
        convert: undefined,
        weigh: (v: string) => v.length + 4,
      };
    case 'bytes':
      return {
        element: { type: 'BYTE_ARRAY' },
        fits: (v) => v instanceof Uint8Array,
        expected: 'a Uint8Array',
        convert: undefined,
        weigh: (v: Uint8Array) => v.length + 4,
      };
    case 'date':
      return {
        element: {
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
        },
        fits: (v) => v instanceof Date && !Number.isNaN(v.getTime()),
        expected: 'a valid Date',
        convert: undefined,
        weigh: fixed(8),
      };
    default:
      throw new ParquetOptionsError(
        `column ${name} has type ${type.kind}, which this writer cannot hold`,
        'Declare it as types.string and write its JSON text.',
      );
  }
}

export class ParquetBulkWriter<T> implements BulkWriter<T> {
  private readonly bytes = new ParquetBytes(TAKE_BYTES);
  private readonly writer: ParquetWriter;
  private buffers: unknown[][];
  private bufferedRows = 0;
  private bufferedBytes = 0;

  constructor(
    private readonly columns: readonly WrittenColumn[],
    private readonly rowGroupRows: number,
  ) {
    const root: SchemaElement = { name: 'root', num_children: columns.length };
    this.writer = new ParquetWriter({ writer: this.bytes, schema: [root, ...columns.map((column) => column.element)], createdBy: 'weir' });
    this.buffers = columns.map(() => []);
  }

  get sizeBytes(): number {
    return this.bytes.offset + this.bufferedBytes;
  }

  write(value: T): void {
    const record = value as Readonly<Record<string, unknown>>;
    const { columns, buffers } = this;
    for (const { name, nullable, fits, expected } of columns) {
      const field = record[name];
      if (!(field === null || field === undefined ? nullable : fits(field))) throw new ParquetRecordUnwritableError(name, expected, field);
    }
    for (let i = 0; i < columns.length; i++) {
      const { convert, weigh } = columns[i];
      const field = record[columns[i].name] ?? null;
      buffers[i].push(field === null || convert === undefined ? field : convert(field as never));
      if (field !== null) this.bufferedBytes += weigh(field as never);
    }
    if (++this.bufferedRows >= this.rowGroupRows) this.endRowGroup();
  }

  take(): Uint8Array | undefined {
    return this.bytes.index >= TAKE_BYTES ? this.takeAll() : undefined;
  }

  finish(): Uint8Array {
    this.endRowGroup();
    void this.writer.finish(); // Synchronous over bytes in memory.
    return this.takeAll();
  }

  private endRowGroup(): void {
    if (this.bufferedRows === 0) return;
    const columnData = this.columns.map(({ name }, i) => ({ name, data: this.buffers[i] as string[] }));
    void this.writer.write({ columnData, rowGroupSize: this.rowGroupRows }); // Likewise.
    this.buffers = this.columns.map(() => []);
    this.bufferedRows = 0;
    this.bufferedBytes = 0;
  }

  /** A copy, since the buffer is used again. Offsets in the file go on. */
  private takeAll(): Uint8Array {
    const taken = this.bytes.getBytes().slice();
    this.bytes.index = 0;
    return taken;
  }
}
