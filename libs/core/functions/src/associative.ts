import type { ReduceFunction } from './functions.js';

/** A reduce function that may be applied to parts first: `f(f(a, b), c)` equals `f(a, f(b, c))`. */
export interface AssociativeReduceFunction<T> extends ReduceFunction<T> {
  readonly associative: true;
}

/**
 * Declares that `fn(fn(a, b), c)` equals `fn(a, fn(b, c))`, so that windows may reduce the records of a key before they are sent to another
 * slot: `stream.keyBy(byUser).window(…).reduce(associative((a, b) => (a.price >= b.price ? a : b)))`. It need not be commutative.
 */
export function associative<T>(fn: ReduceFunction<T>): AssociativeReduceFunction<T> {
  return Object.assign((accumulated: T, value: T): T => fn(accumulated, value), { associative: true as const });
}

export function isAssociative(fn: object): boolean {
  return (fn as Partial<AssociativeReduceFunction<never>>).associative === true;
}
