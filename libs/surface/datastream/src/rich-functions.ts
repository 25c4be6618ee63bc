/** Function objects with a life cycle, where a plain function would do as well, and how the two become one spec. */
import type { Collector, RichFunction } from '@weir/functions';

export interface RichMapFunction<I, O> extends RichFunction {
  map(value: I): O;
}
export interface RichFilterFunction<T> extends RichFunction {
  filter(value: T): boolean;
}
export interface RichFlatMapFunction<I, O> extends RichFunction {
  flatMap(value: I, out: Collector<O>): void;
}
