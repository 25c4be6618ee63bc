export { csv, type NamedCsvOptions, type ParsedCsvOptions, type TypedCsvOptions } from './csv.js';
export { CsvColumnMissingError, CsvOptionsError, CsvRecordUnwritableError } from './errors.js';
