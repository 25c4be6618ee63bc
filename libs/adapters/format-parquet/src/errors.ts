/** Coded errors of the Parquet format. */
import { nearestName, WeirError } from '@weir/base';

/** A file is cut off, damaged, or not Parquet. */
export class ParquetDamagedError extends WeirError {
  constructor(
    readonly path: string,
    readonly sizeBytes: number,
    reason: string,
    cause?: unknown,
  ) {
    super({
      code: 'WEIR_PARQUET_DAMAGED',
      domain: 'external',
      retry: 'never',
      message: `${path} (${sizeBytes} bytes): ${reason}`,
      hint: 'Restore a whole copy, or take the file out of the input; files still being written are skipped if named ".x" or "_x".',
      cause,
      details: { path, sizeBytes },
    });
  }
}

/** A column that the job reads is not in the file. */
export class ParquetColumnMissingError extends WeirError {
  constructor(
    readonly path: string,
    readonly column: string,
    readonly columns: readonly string[],
  ) {
    const near = nearestName(column, columns);
    super({
      code: 'WEIR_PARQUET_COLUMN_MISSING',
      domain: 'user',
      retry: 'never',
      message: `${path}: no column ${column}; it has ${columns.join(', ')}`,
      hint: `${near === undefined ? '' : `Did you mean ${near}? `}Ask for columns that every input file has.`,
      details: { path, column, columns, ...(near === undefined ? {} : { nearest: near }) },
    });
  }
}

/** A column's values cannot become the declared type, or a value is outside what the type holds. */
export class ParquetValueError extends WeirError {
  constructor(
    readonly path: string,
    readonly column: string,
    reason: string,
    hint: string,
  ) {
    super({
      code: 'WEIR_PARQUET_VALUE',
      domain: 'user',
      retry: 'never',
      message: `${path}: column ${column}: ${reason}`,
      hint,
      details: { path, column },
    });
  }
}

/** A Parquet format is described with values that make no sense for what is done with it. */
export class ParquetOptionsError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_PARQUET_OPTIONS', domain: 'user', retry: 'never', message, hint });
  }
}

/** A record cannot be written to the declared columns. */
export class ParquetRecordUnwritableError extends WeirError {
  constructor(column: string, expected: string, found: unknown) {
    super({
      code: 'WEIR_RECORD_UNWRITABLE',
      domain: 'user',
      retry: 'never',
      message: `column ${column} cannot be written to Parquet: expected ${expected}, found ${found === null ? 'null' : typeof found}`,
      hint: 'Map the record to the declared columns before the sink, or declare the column as it is (types.nullable, types.double).',
      details: { column, expected },
    });
  }
}
