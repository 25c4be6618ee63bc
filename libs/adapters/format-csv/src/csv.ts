/** CSV (RFC 4180) with or without a header row, for reading and writing. */
import { toError } from '@weir/base';
import { type ParserContext, type RecordEncoder, type RecordFormat, RecordRejection } from '@weir/connector';
import { type FieldDescription, types, type TypeInformation } from '@weir/types';
import { fieldReader, fieldText, recordMaker } from './csv-columns.js';
import { type CsvDialect, quoteField } from './csv-fields.js';
import { CsvParser, type FieldsToRecord } from './csv-parser.js';
import { CsvColumnMissingError, CsvOptionsError, CsvRecordUnwritableError } from './errors.js';

interface CsvDialectOptions {
  /** Whether files start with a row of column names. Default true. */
  readonly header?: boolean;
  /** Default `,`. */
  readonly delimiter?: string;
  /** Default `"`. */
  readonly quote?: string;
  /** True: quoted fields may hold line breaks, and every file is read as one split. Default false. */
  readonly quotedNewlines?: boolean;
}

export interface TypedCsvOptions<T> extends CsvDialectOptions {
  /** A `types.row({...})` of the columns to read and write. With a header row, columns are found by name and others are ignored. */
  readonly columns: TypeInformation<T>;
}
export interface NamedCsvOptions<N extends string> extends CsvDialectOptions {
  /** Names of the columns; all are strings. */
  readonly columns: readonly N[];
}
export interface ParsedCsvOptions<T> extends CsvDialectOptions {
  readonly columns?: readonly string[];
  /** Makes a record of a row's fields, in the order of `columns`, or of the file without them. A throw refuses the row. */
  readonly parse: (fields: readonly string[]) => T;
}

/**
 * The format of CSV files.
 *
 * ```ts
 * csv({ columns: types.row({ origin: types.string, delay: types.int }) });
 * csv({ columns: ['word', 'count'], header: false, delimiter: ';' });
 * csv({ parse: ([x, y]) => ({ x: Number(x), y: Number(y) }) });
 * ```
 */
export function csv<T>(options: TypedCsvOptions<T>): RecordFormat<T>;
export function csv<T>(options: ParsedCsvOptions<T>): RecordFormat<T>;
export function csv<N extends string>(options: NamedCsvOptions<N>): RecordFormat<Record<N, string>>;
export function csv<T>(options: TypedCsvOptions<T> | ParsedCsvOptions<T> | NamedCsvOptions<string>): RecordFormat<T> {
  const { header = true, quotedNewlines = false } = options;
  const dialect: CsvDialect = { delimiter: options.delimiter ?? ',', quote: options.quote ?? '"' };
  checkDialect(dialect);
  const type = options.columns === undefined || Array.isArray(options.columns) ? undefined : (options.columns as TypeInformation<T>);
  const columns = columnsOf(options.columns as readonly string[] | TypeInformation<T> | undefined);
  const parse = 'parse' in options ? options.parse : undefined;
  for (const column of columns ?? []) fieldReader(column.type, column.name);

  const bind = (names: readonly string[] | undefined, path: string): { toRecord: FieldsToRecord<T>; width: number | undefined } => {
    const indexes = columns?.map((column, index) => {
      if (names === undefined) return index;
      const at = names.indexOf(column.name);
      if (at < 0) throw new CsvColumnMissingError(path, column.name, names);
      return at;
    });
    const width = names?.length ?? columns?.length;
    if (parse !== undefined) {
      return { width, toRecord: guarded(indexes === undefined ? parse : (fields) => parse(indexes.map((index) => fields[index]))) };
    }
    return { width, toRecord: recordMaker(columns as readonly FieldDescription[], indexes as readonly number[]) as FieldsToRecord<T> };
  };

  return {
    kind: 'record',
    name: 'csv',
    fileExtension: '.csv',
    splittable: !quotedNewlines,
    hasHeader: header,
    ...(type === undefined ? {} : { outputType: type }),
    createParser: (context: ParserContext) => new CsvParser<T>({ dialect, header, quotedNewlines, bind }, context),
    createEncoder: () => csvEncoder<T>(columns, dialect, header, quotedNewlines),
  };
}

/** What the user's function throws is about its row. */
function guarded<T>(parse: FieldsToRecord<T>): FieldsToRecord<T> {
  return (fields) => {
    try {
      return parse(fields);
    } catch (thrown) {
      throw new RecordRejection('shape', toError(thrown).message);
    }
  };
}

function columnsOf(columns: readonly string[] | TypeInformation<unknown> | undefined): readonly FieldDescription[] | undefined {
  if (columns === undefined) return undefined;
  if ('describe' in columns) {
    const description = columns.describe();
    if (description.kind === 'row') return description.fields;
    throw new CsvOptionsError(`columns are a ${description.kind}, not a row`, 'Give columns: types.row({ name: type, ... }).');
  }
  return columns.map((name) => ({ name, type: types.string.describe() }));
}

function checkDialect({ delimiter, quote }: CsvDialect): void {
  for (const [what, text] of Object.entries({ delimiter, quote })) {
    if (text.length !== 1 || text.charCodeAt(0) > 127 || text === '\n' || text === '\r') {
      throw new CsvOptionsError(`${what} is ${JSON.stringify(text)}`, `Set ${what} to one ASCII character that is no line break.`);
    }
  }
  if (delimiter === quote)
    throw new CsvOptionsError(`delimiter and quote are both ${JSON.stringify(quote)}`, 'Set them to different characters.');
}

function csvEncoder<T>(
  columns: readonly FieldDescription[] | undefined,
  dialect: CsvDialect,
  header: boolean,
  quotedNewlines: boolean,
): RecordEncoder<T> {
  if (columns === undefined) throw new CsvOptionsError('a CSV sink needs to know its columns', 'Give csv() the option columns.');
  const names = columns.map((column) => column.name);
  return {
    header: header ? `${names.map((name) => quoteField(name, dialect)).join(dialect.delimiter)}\n` : '',
    encode(value) {
      const record = value as Readonly<Record<string, unknown>>;
      let line = '';
      for (let i = 0; i < names.length; i++) {
        const text = fieldText(record[names[i]], names[i]);
        // What this sink writes, a source of the same format must be able to split.
        if (!quotedNewlines && (text.includes('\n') || text.includes('\r')))
          throw new CsvRecordUnwritableError(names[i], 'it holds a line break');
        if (i > 0) line += dialect.delimiter;
        line += quoteField(text, dialect);
      }
      // A lone empty field would be an empty line, which is no record.
      return `${line === '' ? dialect.quote + dialect.quote : line}\n`;
    },
  };
}
