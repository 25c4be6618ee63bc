/**
 * One text per value, equal for values that a stream may not tell apart: fields in any order, undefined fields or none, and sums of
 * floating-point numbers in any order (12 digits count). For comparing and for showing.
 */
const DIGITS = 12;
const DEPTH_MAX = 32;

export function recordText(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) return '…';
  switch (typeof value) {
    case 'number':
      return numberText(value);
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : objectText(value, depth);
    default:
      return String(value);
  }
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  return Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : String(value);
}

function objectText(value: object, depth: number): string {
  const inner = (one: unknown): string => recordText(one, depth + 1);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Map) return `Map{${[...value].map(([key, one]) => `${inner(key)}: ${inner(one)}`).sort().join(', ')}}`;
  if (value instanceof Set) return `Set{${[...value].map(inner).sort().join(', ')}}`;
  if (ArrayBuffer.isView(value)) return `bytes(${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')})`;
  return fieldsText(value as Readonly<Record<string, unknown>>, depth);
}

/** As often as there are records: no array but the names. */
function fieldsText(value: Readonly<Record<string, unknown>>, depth: number): string {
  const names = Object.keys(value);
  for (let i = 1; i < names.length; i++) {
    if (names[i - 1] < names[i]) continue;
    names.sort();
    break;
  }
  let text = '';
  for (const name of names) {
    const field = value[name];
    if (field !== undefined) text += `${text === '' ? '' : ', '}${name}: ${recordText(field, depth + 1)}`;
  }
  return `{${text}}`;
}
