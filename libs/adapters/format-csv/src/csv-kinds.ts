import type { TypeDescription } from '@weir/types';

const NAMES: Partial<Record<TypeDescription['kind'], string>> = {
  int: 'a whole number of 32 bits',
  long: 'a safe whole number',
  double: 'a number',
  boolean: 'true or false',
  bigint: 'a whole number',
  date: 'a date as ISO text or milliseconds',
};

/** What a field of this kind must look like, for messages. */
export function nameOfCsvKind(kind: TypeDescription['kind']): string {
  return NAMES[kind] ?? kind;
}
