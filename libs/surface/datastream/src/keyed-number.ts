/** Rolling numbers that say which key they belong to. */
import type { AggregateFunction, ColumnAccumulator, DeclaredAggregate, KeySelector } from '@weir/functions';
import type { OperatorSpec, Value } from '@weir/graph';

export interface KeyedNumber<K> {
  readonly key: K;
  readonly value: number;
}

interface KeyedAccumulator<K> {
  key: K | undefined;
  readonly numbers: ColumnAccumulator;
}

/** @internal */
export function keyedNumberAggregate<T, K, I extends T>(
  selector: KeySelector<T, K>, aggregate: DeclaredAggregate<I, number> | DeclaredAggregate<unknown, number>,
): OperatorSpec {
  const numbers = aggregate as DeclaredAggregate<T, number>;
  const fn: AggregateFunction<T, KeyedAccumulator<K>, KeyedNumber<K>> = {
    createAccumulator: () => ({ key: undefined, numbers: numbers.createAccumulator() }),
    add: (value, accumulator) => {
      if (accumulator.key === undefined) accumulator.key = selector(value);
      numbers.add(value, accumulator.numbers);
      return accumulator;
    },
    getResult: (accumulator) => ({ key: accumulator.key as K, value: numbers.getResult(accumulator.numbers) }),
  };
  return { kind: 'keyed-aggregate', fn: fn as AggregateFunction<Value, Value, Value> };
}
