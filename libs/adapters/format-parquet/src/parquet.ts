/** Parquet files, read by row groups and written from declared rows. */
import type { FileMetaData } from 'hyparquet';
import type { BulkFormat, BulkUnit, BulkWindow, FormatFile } from '@weir/connector';
import type { FieldDescription, TypeInformation } from '@weir/types';
import { type ColumnPlan, planColumns, type WantedColumn } from './column-plan.js';
import { ParquetOptionsError } from './errors.js';
import { readFooter } from './parquet-file.js';
import { ParquetReader, type RowMaker, rowMaker } from './parquet-reader.js';
import { ParquetBulkWriter, ROW_GROUP_ROWS, writtenColumns } from './parquet-writer.js';

export interface ParquetOptions<T> {
  /**
   * What to read and write: a `types.row({...})`, or names of columns (for reading only). Only these columns are read from the disk.
   * Without it every column of the file is.
   */
  readonly columns?: TypeInformation<T> | readonly (keyof T & string)[];
  /** What times and dates become when `columns` does not say: milliseconds since 1970 (default) or Dates. */
  readonly dates?: 'ms' | 'date';
  /** Rows per row group of written files: what a reader decodes at once. Default 100 000. */
  readonly rowGroupRows?: number;
}

/**
 * The format of Parquet files.
 *
 * 64-bit integers become numbers, or fail with `WEIR_PARQUET_VALUE` beyond 2^53 unless the column is declared `types.bigint`; times become
 * milliseconds (with a fraction for finer ones; `types.long` cuts it off) or, declared `types.date`, Dates; missing values become null.
 *
 * ```ts
 * const flight = types.row({ date: types.long, delay: types.int, origin: types.string });
 * FileSource.forBulkFormat(parquet({ columns: flight }), 'flights-3m.parquet').build();
 * ```
 */
export function parquet<T = Record<string, unknown>>(options: ParquetOptions<T> = {}): BulkFormat<T> {
  const { columns, dates = 'ms', rowGroupRows = ROW_GROUP_ROWS } = options;
  if (!Number.isSafeInteger(rowGroupRows) || rowGroupRows < 1) {
    throw new ParquetOptionsError(`rowGroupRows is ${rowGroupRows}`, 'Set rowGroupRows to a whole number from 1.');
  }
  const type = columns === undefined || 'length' in columns ? undefined : columns;
  const fields = fieldsOf(type);
  const wanted: readonly WantedColumn[] | undefined =
    fields ?? (columns as readonly string[] | undefined)?.map((name) => ({ name, type: undefined }));
  // One maker for all files with the same columns, so that their records share a hidden class.
  const makers = new Map<string, RowMaker<T>>();
  const makerOf = (plans: readonly ColumnPlan[]): RowMaker<T> => {
    const names = plans.map((plan) => plan.name);
    const key = JSON.stringify(names);
    const maker = makers.get(key) ?? rowMaker<T>(names);
    makers.set(key, maker);
    return maker;
  };

  // Row groups of a file are mostly opened one after the other: the last footer is kept.
  let last: { readonly file: FormatFile; readonly metadata: Promise<FileMetaData> } | undefined;
  const footerOf = (file: FormatFile): Promise<FileMetaData> => {
    if (last?.file.path !== file.path || last.file.sizeBytes !== file.sizeBytes || last.file.files !== file.files) {
      const metadata = readFooter(file);
      last = { file, metadata };
      metadata.catch(() => (last = undefined));
    }
    return last.metadata;
  };

  return {
    kind: 'bulk',
    name: 'parquet',
    fileExtension: '.parquet',
    ...(type === undefined ? {} : { outputType: type }),
    async planFile(file: FormatFile): Promise<readonly BulkUnit[]> {
      const metadata = await readFooter(file);
      planColumns(file.path, metadata, wanted, dates);
      return metadata.row_groups
        .map((group, unit) => ({ unit, recordCount: Number(group.num_rows) }))
        .filter(({ recordCount }) => recordCount > 0);
    },
    openReader(file: FormatFile, unit: number, fromRow: number) {
      let reader: ParquetReader<T> | undefined;
      const open = async (): Promise<ParquetReader<T>> => {
        const metadata = await footerOf(file);
        const plans = planColumns(file.path, metadata, wanted, dates);
        return new ParquetReader(file, metadata, plans, makerOf(plans), unit, fromRow);
      };
      return { next: async (): Promise<BulkWindow<T> | undefined> => (reader ??= await open()).next() };
    },
    createWriter() {
      if (fields === undefined)
        throw new ParquetOptionsError('a Parquet sink needs the types of its columns', 'Give parquet({ columns: types.row({...}) }).');
      return new ParquetBulkWriter<T>(writtenColumns(fields), rowGroupRows);
    },
  };
}

function fieldsOf(type: TypeInformation<unknown> | undefined): readonly FieldDescription[] | undefined {
  if (type === undefined) return undefined;
  const description = type.describe();
  if (description.kind === 'row') return description.fields;
  throw new ParquetOptionsError(`columns are a ${description.kind}, not a row`, 'Give columns: types.row({ name: type, ... }).');
}
