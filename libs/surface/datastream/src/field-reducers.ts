/** Rolling reductions of one field of a record. They copy the record: what was emitted never changes. */
import { associative, type AssociativeReduceFunction } from '@weir/functions';

/** Names of the fields of `T` that hold numbers. */
export type NumericField<T> = { [F in keyof T]: T[F] extends number ? F : never }[keyof T] & string;

/** The first record with the field summed over all. */
export function fieldSum<T>(field: NumericField<T>): AssociativeReduceFunction<T> {
  return associative((a, b) => ({ ...a, [field]: (a[field] as number) + (b[field] as number) }));
}

/** The first record with the smallest or largest value of the field. */
export function fieldExtreme<T>(field: NumericField<T>, which: 'min' | 'max'): AssociativeReduceFunction<T> {
  return associative<T>(which === 'min'
    ? (a, b) => ((b[field] as number) < (a[field] as number) ? { ...a, [field]: b[field] } : a)
    : (a, b) => ((b[field] as number) > (a[field] as number) ? { ...a, [field]: b[field] } : a));
}
