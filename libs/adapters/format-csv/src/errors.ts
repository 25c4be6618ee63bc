/** Coded errors of the CSV format. */
import { nearestName, WeirError } from '@weir/base';

/** The header row of a file lacks a column that the job reads. */
export class CsvColumnMissingError extends WeirError {
  constructor(
    readonly path: string,
    readonly column: string,
    readonly columns: readonly string[],
  ) {
    const near = nearestName(column, columns);
    super({
      code: 'WEIR_CSV_COLUMN_MISSING',
      domain: 'user',
      retry: 'never',
      message: `${path}: no column ${column} in the header row; it has ${columns.join(', ')}`,
      hint:
        `${near === undefined ? '' : `Did you mean ${near}? `}Name the columns as in the header row, or set header: false for files ` +
        'without one; a wrong delimiter also ends here.',
      details: { path, column, columns },
    });
  }
}

/** A CSV format is described with values that make no sense. */
export class CsvOptionsError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_CSV_OPTIONS', domain: 'user', retry: 'never', message, hint });
  }
}

/** A record cannot be written as a CSV row. */
export class CsvRecordUnwritableError extends WeirError {
  constructor(column: string, reason: string) {
    super({
      code: 'WEIR_RECORD_UNWRITABLE',
      domain: 'user',
      retry: 'never',
      message: `column ${column} cannot be written as CSV: ${reason}`,
      hint: 'Map it to strings, numbers, booleans, bigints or dates before the sink; texts with line breaks need quotedNewlines: true.',
      details: { column },
    });
  }
}
