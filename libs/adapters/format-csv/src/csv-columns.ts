/** Fields to records of a declared row and back, by generated code: fresh objects of one hidden class. */
import { nameOfCsvKind } from './csv-kinds.js';
import { RecordRejection } from '@weir/connector';
import type { FieldDescription, TypeDescription } from '@weir/types';
import { CsvOptionsError, CsvRecordUnwritableError } from './errors.js';

type FieldReader = (text: string) => unknown;

/** A maker of records from the fields at `indexes`, which correspond to `columns`. */
export function recordMaker(columns: readonly FieldDescription[], indexes: readonly number[]): (fields: readonly string[]) => unknown {
  const reads = columns.map((column) => fieldReader(column.type, column.name));
  const members = columns.map((column, i) => `${JSON.stringify(column.name)}:r[${i}](f[${indexes[i]}])`);
  // Identical text would share V8's type feedback between types; the number keeps them apart.
  return (
    new Function('r', `/* csv row ${generated++} */ return (f) => ({${members.join(',')}});`) as (
      reads: readonly FieldReader[],
    ) => (fields: readonly string[]) => unknown
  )(reads);
}

let generated = 0;

/** A field's reader. An empty field is the empty string, or null where null is allowed. Throws `WEIR_CSV_OPTIONS` for nested types. */
export function fieldReader(type: TypeDescription, name: string): FieldReader {
  const refuse = (text: string): never => {
    const shown = JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}...` : text);
    throw new RecordRejection('shape', `column ${name}: expected ${nameOfCsvKind(type.kind)}, found ${shown}`);
  };
  switch (type.kind) {
    case 'string':
    case 'any':
      return (text) => text;
    case 'int':
      return (text) => {
        const value = Number(text);
        return (value | 0) === value && text.trim() !== '' ? value : refuse(text);
      };
    case 'long':
      return (text) => {
        const value = Number(text);
        return Number.isSafeInteger(value) && text.trim() !== '' ? value : refuse(text);
      };
    case 'double':
      return (text) => {
        const value = Number(text);
        return (value === value && text.trim() !== '') || text === 'NaN' ? value : refuse(text);
      };
    case 'boolean':
      return (text) => (text === 'true' ? true : text === 'false' ? false : refuse(text));
    case 'bigint':
      return (text) => (/^-?\d+$/.test(text) ? BigInt(text) : refuse(text));
    case 'date':
      return (text) => {
        const date = new Date(/^-?\d+$/.test(text) ? Number(text) : text);
        return Number.isNaN(date.getTime()) ? refuse(text) : date;
      };
    case 'nullable': {
      const read = fieldReader(type.of, name);
      return (text) => (text === '' ? null : read(text));
    }
    default:
      throw new CsvOptionsError(
        `column ${name} has type ${type.kind}, which a CSV field cannot hold`,
        'Declare it as types.string and parse it in the job.',
      );
  }
}

/** A field's text. Throws `WEIR_RECORD_UNWRITABLE` for values without one. */
export function fieldText(value: unknown, name: string): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'undefined':
      return '';
    default:
      if (value === null) return '';
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
      throw new CsvRecordUnwritableError(name, `${value instanceof Date ? 'an invalid date' : typeof value} has no text`);
  }
}
