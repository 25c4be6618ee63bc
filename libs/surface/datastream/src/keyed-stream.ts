/** A stream partitioned by key: the door to keyed state, timers and windows. */
import type { Sink } from '@weir/connector';
import {
  aggregates, type AggregateFunction, type Collector, type FilterFunction, type FlatMapFunction,
  type KeyedProcessFunction, type KeySelector, type MapFunction,
  type NumberSelector, type ReduceFunction, type RichFunction,
} from '@weir/functions';
import type { OperatorSpec, Value } from '@weir/graph';
import type { WindowAssigner } from '@weir/time';
import type { TypeInformation } from '@weir/types';
import { KeyedConnectedStreams } from './connected-streams.js';
import { addOperator, type DataStream, type SingleOutputStreamOperator } from './data-stream.js';
import type { DataStreamSink } from './data-stream-sink.js';
import { fieldExtreme, fieldSum, type NumericField } from './field-reducers.js';
import { KeyedRichFunction } from './keyed-rich-functions.js';
import { keyedNumberAggregate, type KeyedNumber } from './keyed-number.js';
import type { RichFilterFunction, RichFlatMapFunction, RichMapFunction } from './rich-functions.js';
import { WindowedStream } from './windowed-stream.js';

export class KeyedStream<T, K> {
  /** The records as they reach keyed operators. @internal */
  readonly stream: DataStream<T>;

  constructor(input: DataStream<T>, /** @internal */ readonly selector: KeySelector<T, K>) {
    this.stream = input.partitioned({ kind: 'hash', keySelector: selector as KeySelector<Value, Value> });
  }

  /** As on a DataStream; a rich function may use keyed state. */
  map<O>(fn: MapFunction<T, O> | RichMapFunction<T, O>): SingleOutputStreamOperator<O> {
    if (typeof fn === 'function') return this.stream.map(fn);
    return this.rich<RichMapFunction<T, O>, O>('Map', fn, (rich, value, out) => out.collect(rich.map(value)));
  }
  filter(fn: FilterFunction<T> | RichFilterFunction<T>): SingleOutputStreamOperator<T> {
    if (typeof fn === 'function') return this.stream.filter(fn);
    const keep = (rich: RichFilterFunction<T>, value: T, out: Collector<T>): void => {
      if (rich.filter(value)) out.collect(value);
    };
    return this.rich<RichFilterFunction<T>, T>('Filter', fn, keep, this.stream.type);
  }
  flatMap<O>(fn: FlatMapFunction<T, O> | RichFlatMapFunction<T, O>): SingleOutputStreamOperator<O> {
    if (typeof fn === 'function') return this.stream.flatMap(fn);
    return this.rich<RichFlatMapFunction<T, O>, O>('Flat Map', fn, (rich, value, out) => rich.flatMap(value, out));
  }

  /** Records, keyed state, timers and side outputs. */
  process<O>(fn: KeyedProcessFunction<K, T, O>): SingleOutputStreamOperator<O> {
    return this.add<O>('KeyedProcess', { kind: 'keyed-process', fn: fn as KeyedProcessFunction<Value, Value, Value> });
  }

  /** Rolling: emits the accumulated value after each record. */
  reduce(fn: ReduceFunction<T>, stateType?: TypeInformation<T>): SingleOutputStreamOperator<T> {
    return this.add<T>(
      'Keyed Reduce',
      {
        kind: 'keyed-reduce',
        fn: fn as ReduceFunction<Value>,
        ...(stateType === undefined ? {} : { stateType: stateType as TypeInformation<Value> }),
      },
      this.stream.type,
    );
  }
  /** Rolling: emits the result after each record. */
  aggregate<A, O>(fn: AggregateFunction<T, A, O>, stateType?: TypeInformation<A>): SingleOutputStreamOperator<O> {
    return this.add<O>('Keyed Aggregation', {
      kind: 'keyed-aggregate',
      fn: fn as AggregateFunction<Value, Value, Value>,
      ...(stateType === undefined ? {} : { stateType: stateType as TypeInformation<Value> }),
    });
  }

  /** Rolling count of the records of each key. */
  count(): SingleOutputStreamOperator<KeyedNumber<K>> {
    return this.add<KeyedNumber<K>>('Keyed Aggregation', keyedNumberAggregate(this.selector, aggregates.count()));
  }
  /** Rolling sum. By field: the first record of the key with the field summed; by selector: `{ key, value }`. */
  sum(field: NumericField<T>): SingleOutputStreamOperator<T>;
  sum(selector: NumberSelector<T>): SingleOutputStreamOperator<KeyedNumber<K>>;
  sum(by: NumericField<T> | NumberSelector<T>): SingleOutputStreamOperator<T> | SingleOutputStreamOperator<KeyedNumber<K>> {
    return typeof by === 'function' ? this.add<KeyedNumber<K>>(
      'Keyed Aggregation', keyedNumberAggregate(this.selector, aggregates.sum(by)),
    ) : this.reduce(fieldSum(by));
  }
  /** Rolling minimum. By field: the first record of the key with the field's minimum, as in Flink; by selector: `{ key, value }`. */
  min(field: NumericField<T>): SingleOutputStreamOperator<T>;
  min(selector: NumberSelector<T>): SingleOutputStreamOperator<KeyedNumber<K>>;
  min(by: NumericField<T> | NumberSelector<T>): SingleOutputStreamOperator<T> | SingleOutputStreamOperator<KeyedNumber<K>> {
    return typeof by === 'function'
      ? this.add<KeyedNumber<K>>('Keyed Aggregation', keyedNumberAggregate(this.selector, aggregates.min(by)))
      : this.reduce(fieldExtreme(by, 'min'));
  }
  /** As `min`, for the maximum. */
  max(field: NumericField<T>): SingleOutputStreamOperator<T>;
  max(selector: NumberSelector<T>): SingleOutputStreamOperator<KeyedNumber<K>>;
  max(by: NumericField<T> | NumberSelector<T>): SingleOutputStreamOperator<T> | SingleOutputStreamOperator<KeyedNumber<K>> {
    return typeof by === 'function'
      ? this.add<KeyedNumber<K>>('Keyed Aggregation', keyedNumberAggregate(this.selector, aggregates.max(by)))
      : this.reduce(fieldExtreme(by, 'max'));
  }
  /** The whole record with the smallest (largest) number so far; the earlier one among equals. */
  minBy(selector: NumberSelector<T>): SingleOutputStreamOperator<T> {
    return this.reduce((a, b) => (selector(b) < selector(a) ? b : a));
  }
  maxBy(selector: NumberSelector<T>): SingleOutputStreamOperator<T> {
    return this.reduce((a, b) => (selector(b) > selector(a) ? b : a));
  }

  /** Groups the records of each key by time. */
  window(assigner: WindowAssigner<T>): WindowedStream<T, K> {
    return new WindowedStream<T, K>(this, assigner);
  }

  /** Two streams with the same kind of key for one operator with shared keyed state. */
  connect<B>(other: KeyedStream<B, K>): KeyedConnectedStreams<T, B, K> {
    return new KeyedConnectedStreams<T, B, K>(this, other);
  }

  sinkTo<C>(sink: Sink<T, C>): DataStreamSink<T> {
    return this.stream.sinkTo(sink);
  }
  print(prefix?: string): DataStreamSink<T> {
    return this.stream.print(prefix);
  }

  private rich<F extends RichFunction, O>(
    name: string, fn: F, apply: (fn: F, value: T, out: Collector<O>) => void, outputType?: TypeInformation<O>,
  ): SingleOutputStreamOperator<O> {
    const keyed = new KeyedRichFunction<F, T, O>(fn, apply) as KeyedProcessFunction<Value, Value, Value>;
    return this.add<O>(name, { kind: 'keyed-process', fn: keyed }, outputType);
  }

  /** @internal */
  add<O>(name: string, spec: OperatorSpec, outputType?: TypeInformation<O>): SingleOutputStreamOperator<O> {
    return addOperator<O>(this.stream, name, spec, this.selector as KeySelector<Value, Value>, outputType);
  }
}
