/** Reads CSV records. Hot path. */
import { LineParser, type ParserContext, RecordRejection } from '@weir/connector';
import { type CsvDialect, splitFields } from './csv-fields.js';

const LF = 10;

/** Makes a record of fields; throws {@link RecordRejection}. */
export type FieldsToRecord<T> = (fields: readonly string[]) => T;

export interface CsvParserOptions<T> {
  readonly dialect: CsvDialect;
  readonly header: boolean;
  readonly quotedNewlines: boolean;
  /** Gets the header row's names, or undefined without a header row, and the path for messages. */
  readonly bind: (
    header: readonly string[] | undefined,
    path: string,
  ) => { readonly toRecord: FieldsToRecord<T>; readonly width: number | undefined };
}

export class CsvParser<T> extends LineParser<T> {
  private readonly dialect: CsvDialect;
  private readonly quoteByte: number;
  private readonly quotedNewlines: boolean;
  private readonly toRecord: FieldsToRecord<T>;
  /** Fields that every record must have; set by the header row, the declared columns, or (neither) not checked. */
  private readonly width: number | undefined;

  constructor(options: CsvParserOptions<T>, context: ParserContext) {
    super();
    this.dialect = options.dialect;
    this.quoteByte = options.dialect.quote.charCodeAt(0);
    this.quotedNewlines = options.quotedNewlines;
    const { toRecord, width } = options.bind(options.header ? this.readHeader(context) : undefined, context.path);
    this.toRecord = toRecord;
    this.width = width;
  }

  protected override parseLine(line: string): T | undefined {
    if (line === '') return undefined;
    const fields = splitFields(line, this.dialect);
    if (this.width !== undefined && fields.length !== this.width) {
      throw new RecordRejection('malformed', `${this.width} fields expected, ${fields.length} found`);
    }
    return this.toRecord(fields);
  }

  /** A line break between quotes is part of the record. */
  protected override findBreak(bytes: Uint8Array, from: number, end: number): number {
    if (!this.quotedNewlines) return super.findBreak(bytes, from, end);
    let quoted = false;
    for (let i = from; i < end; i++) {
      const byte = bytes[i];
      if (byte === this.quoteByte) quoted = !quoted;
      else if (byte === LF && !quoted) return i;
    }
    return -1;
  }

  protected override innerBreaks(bytes: Uint8Array, from: number, end: number): number {
    let count = 0;
    if (this.quotedNewlines) for (let i = from; i < end; i++) if (bytes[i] === LF) count++;
    return count;
  }

  private readHeader({ head, headIsWholeFile }: ParserContext): readonly string[] | undefined {
    const lineBreak = this.findBreak(head, 0, head.length);
    if (lineBreak < 0 && !headIsWholeFile) return undefined;
    this.headerBytes = lineBreak < 0 ? head.length : lineBreak + 1;
    if (head.length === 0) return undefined;
    const text = new TextDecoder().decode(head.subarray(0, lineBreak < 0 ? head.length : lineBreak)).replace(/\r$/, '');
    return splitFields(text, this.dialect);
  }
}
