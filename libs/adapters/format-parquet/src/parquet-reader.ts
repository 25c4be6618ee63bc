/**
 * Decodes row groups column by column into windows, from which records are made in slices.
 *
 * A row group whose columns are cut into many pages is decoded in windows of about {@link WINDOW_ROWS} rows (the offset index says where
 * pages lie); one whose columns are single pages, as some writers make them, is decoded as a whole, since a page cannot be decoded in part.
 * Between two columns the thread is given back, so a decode holds it for one column of one window.
 */
import type { AsyncBuffer, DecodedArray, FileMetaData } from 'hyparquet';
import { parquetRead, readOffsetIndex } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { BulkReader, BulkWindow, FormatFile } from '@weir/connector';
import type { ColumnPlan } from './column-plan.js';
import { ParquetDamagedError, ParquetValueError } from './errors.js';
import { asDamage, asyncBuffer } from './parquet-file.js';

/** Rows worth a window of their own: 5 columns x 8 bytes x 128 Ki rows = 5 MB of pointers. */
const WINDOW_ROWS = 131_072;
/** Pages that a window may hold at least, so that decoding its border pages twice costs little. */
const PAGES_PER_WINDOW_MIN = 4;

/** The records of rows `[from, to)` of these columns. */
export type RowMaker<T> = (columns: readonly DecodedArray[], from: number, to: number) => T[];

let generated = 0;

/** Generated code: a literal per row keeps all records in one hidden class. The number in its text keeps V8's type feedback apart. */
export function rowMaker<T>(names: readonly string[]): RowMaker<T> {
  const columns = names.map((_, i) => `const c${i}=c[${i}];`).join('');
  const members = names.map((name, i) => `${JSON.stringify(name)}:c${i}[i]`).join(',');
  return new Function(
    'c',
    'from',
    'to',
    `/* parquet rows ${generated++} */ ${columns}
    const out=new Array(to-from);for(let i=from,o=0;i<to;i++,o++)out[o]={${members}};return out;`,
  ) as RowMaker<T>;
}

export class ParquetReader<T> implements BulkReader<T> {
  private readonly buffer: AsyncBuffer;
  private readonly groupStart: number;
  private readonly groupRows: number;
  private windowRows: number | undefined;

  constructor(
    private readonly file: FormatFile,
    private readonly metadata: FileMetaData,
    private readonly plans: readonly ColumnPlan[],
    private readonly makeRows: RowMaker<T>,
    private readonly unit: number,
    private row: number,
  ) {
    this.buffer = asyncBuffer(file);
    this.groupStart = metadata.row_groups.slice(0, unit).reduce((sum, group) => sum + Number(group.num_rows), 0);
    this.groupRows = Number(metadata.row_groups[unit].num_rows);
  }

  async next(): Promise<BulkWindow<T> | undefined> {
    if (this.row >= this.groupRows) return undefined;
    return asDamage(this.file, `row group ${this.unit}`, async () => {
      this.windowRows ??= await this.chooseWindowRows();
      // Windows lie on a fixed grid, so that pages at their borders fall alike whatever row reading started from.
      const from = this.windowRows === this.groupRows ? 0 : this.row;
      const to = Math.min(this.groupRows, (Math.floor(this.row / this.windowRows) + 1) * this.windowRows);
      const columns: DecodedArray[] = [];
      for (const plan of this.plans) columns.push(await this.readColumn(plan, from, to));
      const skip = this.row - from;
      this.row = to;
      return {
        firstRow: from + skip,
        rowCount: to - from - skip,
        records: (first, end) => this.makeRows(columns, first + skip, end + skip),
      };
    });
  }

  /** Rows `[from, to)` of the group as one array. */
  private async readColumn(plan: ColumnPlan, from: number, to: number): Promise<DecodedArray> {
    const start = this.groupStart + from;
    const count = to - from;
    const chunks: { readonly data: DecodedArray; readonly at: number }[] = [];
    await parquetRead({
      file: this.buffer,
      metadata: plan.metadata,
      columns: [plan.name],
      parsers: plan.parsers,
      compressors,
      rowStart: start,
      rowEnd: start + count,
      useOffsetIndex: count < this.groupRows,
      onChunk: ({ columnData, rowStart }) => chunks.push({ data: columnData, at: rowStart - start }),
    });
    const values = chunks.length === 1 && chunks[0].at === 0 && chunks[0].data.length === count ? chunks[0].data : joined(chunks, count);
    if (values === undefined)
      throw new ParquetDamagedError(
        this.file.path,
        this.file.sizeBytes,
        `column ${plan.name} of row group ${this.unit} has fewer rows than the group`,
      );
    this.verify(plan, values, from);
    return values;
  }

  private verify({ name, nullable, check, expected }: ColumnPlan, values: DecodedArray, from: number): void {
    if (check === undefined && nullable) return;
    for (let i = 0; i < values.length; i++) {
      const value: unknown = values[i];
      if (value === null || value === undefined ? nullable : check === undefined || check(value)) continue;
      const found = value === null || value === undefined ? 'null' : `${typeof value} ${String(value).slice(0, 40)}`;
      throw new ParquetValueError(
        this.file.path,
        name,
        `row ${from + i} of row group ${this.unit}: expected ${expected}, found ${found}`,
        value === null || value === undefined ? 'Declare the column as types.nullable(...).' : 'Declare the type that the column has.',
      );
    }
  }

  /** {@link WINDOW_ROWS} when every column has pages small enough, else the whole group. */
  private async chooseWindowRows(): Promise<number> {
    if (this.groupRows <= WINDOW_ROWS * 1.5) return this.groupRows;
    const pagesMin = (this.groupRows / WINDOW_ROWS) * PAGES_PER_WINDOW_MIN;
    for (const { name } of this.plans) {
      for (const column of this.metadata.row_groups[this.unit].columns) {
        if (column.meta_data?.path_in_schema[0] !== name) continue;
        if (column.offset_index_offset === undefined || column.offset_index_length === undefined) return this.groupRows;
        const at = Number(column.offset_index_offset);
        const index = await this.buffer.slice(at, at + column.offset_index_length);
        if (readOffsetIndex({ view: new DataView(index), offset: 0 }).page_locations.length < pagesMin) return this.groupRows;
      }
    }
    return WINDOW_ROWS;
  }
}

/** Undefined when rows are missing. Chunks may hold rows outside the window. */
function joined(chunks: readonly { readonly data: DecodedArray; readonly at: number }[], count: number): DecodedArray | undefined {
  const values = new Array<unknown>(count);
  let filled = 0;
  for (const { data, at } of chunks) {
    const end = Math.min(data.length, count - at);
    for (let i = Math.max(0, -at); i < end; i++) {
      values[at + i] = data[i];
      filled++;
    }
  }
  return filled === count ? (values as DecodedArray) : undefined;
}
