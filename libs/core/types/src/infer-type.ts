/**
 * Shape inference: the type of a stream whose author declared none, from its first records.
 *
 * Boundary: this decides only what the fast path is. Records that do not fit it travel all the same (see `inferred-shape.ts`), so a wrong
 * guess costs speed and a counted fallback, never a record.
 */
import { list, nullable, row } from './composite-types.js';
import type { ScalarKind, TypeInformation } from './type-information.js';
import { typeFromDescription } from './type-description.js';
import { types } from './types.js';

/** A shape under inference. */
type Shape =
  /** Nothing seen yet: the elements of an empty array. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'null' }
  | { readonly kind: Exclude<ScalarKind, 'json'> }
  | { readonly kind: 'nullable'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'row'; readonly fields: ReadonlyMap<string, Shape> };

const DEPTH_MAX = 16;
const UNSEEN: Shape = { kind: 'unseen' };

/**
 * The type that most of the samples have: numbers that are all whole become int or long, fields that are sometimes null nullable, and what
 * differs from sample to sample any. Objects with other fields than the most frequent ones are left to the fallback.
 */
export function inferType(samples: readonly unknown[]): TypeInformation<unknown> {
  const shapes = samples.map((sample) => shapeOf(sample, 0));
  const frequent = mostFrequent(shapes);
  const shape = shapes.filter((s) => outline(s) === frequent).reduce(merge, UNSEEN);
  return typeFromDescription({ kind: 'inferred', shape: typeOf(shape).describe() });
}

/** What two records must share to be of one type: the fields, or the kind where there are none. All numbers are alike. */
function outline(shape: Shape): string {
  if (shape.kind === 'row') return JSON.stringify([...shape.fields.keys()].sort());
  return isNumber(shape) ? 'number' : shape.kind;
}

function mostFrequent(shapes: readonly Shape[]): string {
  const counts = new Map<string, number>();
  for (const shape of shapes) counts.set(outline(shape), (counts.get(outline(shape)) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['unseen', 0])[0];
}

function shapeOf(value: unknown, depth: number): Shape {
  switch (typeof value) {
    case 'number':
      if (Object.is(value, -0) || !Number.isSafeInteger(value)) return { kind: 'double' };
      return { kind: (value | 0) === value ? 'int' : 'long' };
    case 'string':
    case 'boolean':
    case 'bigint':
      return { kind: typeof value as 'string' };
    case 'object':
      return value === null ? { kind: 'null' } : shapeOfObject(value, depth);
    default:
      return { kind: 'any' };
  }
}

function shapeOfObject(value: object, depth: number): Shape {
  if (depth >= DEPTH_MAX) return { kind: 'any' };
  if (value instanceof Date) return { kind: 'date' };
  if (value instanceof Uint8Array) return { kind: 'bytes' };
  if (Array.isArray(value)) {
    return { kind: 'list', of: value.map((element) => shapeOf(element, depth + 1)).reduce(merge, UNSEEN) };
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || Object.hasOwn(value, '__proto__')) return { kind: 'any' };
  return { kind: 'row', fields: new Map(Object.entries(value).map(([name, field]) => [name, shapeOf(field, depth + 1)])) };
}

function merge(a: Shape, b: Shape): Shape {
  if (a.kind === 'unseen') return b;
  if (b.kind === 'unseen') return a;
  if (a.kind === 'nullable' || a.kind === 'null' || b.kind === 'nullable' || b.kind === 'null') return mergeNullable(a, b);
  if (isNumber(a) && isNumber(b)) return NUMBERS[Math.max(rankOf(a), rankOf(b))];
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', of: merge(a.of, b.of) };
  if (a.kind === 'row' && b.kind === 'row') return mergeRows(a.fields, b.fields);
  return a.kind === b.kind ? a : { kind: 'any' };
}

function mergeNullable(a: Shape, b: Shape): Shape {
  const some = [a, b].map((shape) => (shape.kind === 'nullable' ? shape.of : shape)).filter((shape) => shape.kind !== 'null');
  return some.length === 0 ? { kind: 'null' } : { kind: 'nullable', of: some.reduce<Shape>(merge, UNSEEN) };
}

function mergeRows(a: ReadonlyMap<string, Shape>, b: ReadonlyMap<string, Shape>): Shape {
  if (a.size !== b.size || [...a.keys()].some((name) => !b.has(name))) return { kind: 'any' };
  return { kind: 'row', fields: new Map([...a].map(([name, shape]) => [name, merge(shape, b.get(name) as Shape)])) };
}

/** From narrow to wide. */
const NUMBERS: readonly Shape[] = [{ kind: 'int' }, { kind: 'long' }, { kind: 'double' }];

function rankOf(shape: Shape): number {
  return NUMBERS.findIndex((number) => number.kind === shape.kind);
}

function isNumber(shape: Shape): boolean {
  return rankOf(shape) !== -1;
}

function typeOf(shape: Shape): TypeInformation<unknown> {
  switch (shape.kind) {
    case 'unseen':
      return types.any;
    case 'null':
      return nullable(types.any) as TypeInformation<unknown>;
    case 'nullable':
      return nullable(typeOf(shape.of)) as TypeInformation<unknown>;
    case 'list':
      return list(typeOf(shape.of)) as TypeInformation<unknown>;
    case 'row':
      return row(Object.fromEntries([...shape.fields].map(([name, field]) => [name, typeOf(field)]))) as TypeInformation<unknown>;
    default:
      return types[shape.kind] as TypeInformation<unknown>;
  }
}
