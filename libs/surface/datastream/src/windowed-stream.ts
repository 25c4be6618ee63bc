/** Records of each key grouped by windows, until a function evaluates them. The settings change this object and return it, as in Flink. */
import {
  aggregates, ProcessWindowFunction, type AggregateFunction, type Collector, type NumberSelector, type OutputTag,
  type ReduceFunction, type WindowContext,
} from '@weir/functions';
import type { Value, WindowEvaluation } from '@weir/graph';
import type { DurationMs, WindowAssigner } from '@weir/time';
import type { TypeInformation } from '@weir/types';
import type { SingleOutputStreamOperator } from './data-stream.js';
import { InvalidJobError } from './errors.js';
import { fieldExtreme, fieldSum, type NumericField } from './field-reducers.js';
import type { KeyedStream } from './keyed-stream.js';
import { describeAssigner } from './describe-assigner.js';

/** A number per key and window. */
export interface WindowedNumber<K> {
  readonly key: K;
  readonly windowStart: number;
  /** Exclusive. */
  readonly windowEnd: number;
  readonly value: number;
}

export class WindowedStream<T, K> {
  private latenessMs = 0;
  private lateTag: OutputTag<T> | undefined;

  constructor(private readonly keyed: KeyedStream<T, K>, private readonly assigner: WindowAssigner<T>) {}

  /** Windows stay for `lateness` behind the watermark and fire again for each late record. */
  allowedLateness(lateness: DurationMs): this {
    if (!Number.isSafeInteger(lateness) || lateness < 0) {
      throw new InvalidJobError(`allowed lateness of ${lateness} ms`, 'Give whole milliseconds from 0.');
    }
    this.latenessMs = lateness;
    return this;
  }
  /** Records that come too late for every window go to `tag` instead of being dropped; read them with `getSideOutput`. */
  sideOutputLateData(tag: OutputTag<T>): this {
    this.lateTag = tag;
    return this;
  }

  /** Incremental; `process` sees key, window and the one result. */
  aggregate<A, O>(fn: AggregateFunction<T, A, O>, process?: undefined, stateType?: TypeInformation<A>): SingleOutputStreamOperator<O>;
  aggregate<A, V, O>(
    fn: AggregateFunction<T, A, V>, process: ProcessWindowFunction<V, O, K>, stateType?: TypeInformation<A>,
  ): SingleOutputStreamOperator<O>;
  aggregate<A, V, O>(
    fn: AggregateFunction<T, A, V>, process?: ProcessWindowFunction<V, O, K>, stateType?: TypeInformation<A>,
  ): SingleOutputStreamOperator<O> {
    return this.evaluate<O>({
      kind: 'aggregate',
      fn: fn as AggregateFunction<Value, Value, Value>,
      ...(process === undefined ? {} : { process: process as ProcessWindowFunction<Value, Value, Value> }),
      ...(stateType === undefined ? {} : { stateType: stateType as TypeInformation<Value> }),
    });
  }
  /** Incremental, result of the records' own type. */
  reduce(fn: ReduceFunction<T>): SingleOutputStreamOperator<T>;
  reduce<O>(fn: ReduceFunction<T>, process: ProcessWindowFunction<T, O, K>): SingleOutputStreamOperator<O>;
  reduce<O>(fn: ReduceFunction<T>, process?: ProcessWindowFunction<T, O, K>): SingleOutputStreamOperator<O> {
    const type = this.keyed.stream.type;
    return this.evaluate<O>(
      {
        kind: 'reduce',
        fn: fn as ReduceFunction<Value>,
        ...(process === undefined ? {} : { process: process as ProcessWindowFunction<Value, Value, Value> }),
        ...(type === undefined ? {} : { stateType: type as TypeInformation<Value> }),
      },
      process === undefined ? (type as TypeInformation<Value> | undefined as TypeInformation<O> | undefined) : undefined,
    );
  }
  /** Keeps all records of the window; for what cannot be computed step by step. */
  process<O>(fn: ProcessWindowFunction<T, O, K>): SingleOutputStreamOperator<O> {
    const type = this.keyed.stream.type;
    return this.evaluate<O>({
      kind: 'process',
      fn: fn as ProcessWindowFunction<Value, Value, Value>,
      ...(type === undefined ? {} : { elementType: type as TypeInformation<Value> }),
    });
  }

  /** Number of records per key and window. */
  count(): SingleOutputStreamOperator<WindowedNumber<K>> {
    return this.aggregate(aggregates.count(), new WithKeyAndWindow<K>());
  }
  /** By field: the first record with the field summed; by selector: key, window and sum. */
  sum(field: NumericField<T>): SingleOutputStreamOperator<T>;
  sum(selector: NumberSelector<T>): SingleOutputStreamOperator<WindowedNumber<K>>;
  sum(by: NumericField<T> | NumberSelector<T>): SingleOutputStreamOperator<T> | SingleOutputStreamOperator<WindowedNumber<K>> {
    return typeof by === 'function' ? this.aggregate(aggregates.sum(by), new WithKeyAndWindow<K>()) : this.reduce(fieldSum(by));
  }
  min(field: NumericField<T>): SingleOutputStreamOperator<T>;
  min(selector: NumberSelector<T>): SingleOutputStreamOperator<WindowedNumber<K>>;
  min(by: NumericField<T> | NumberSelector<T>): SingleOutputStreamOperator<T> | SingleOutputStreamOperator<WindowedNumber<K>> {
    return typeof by === 'function' ? this.aggregate(aggregates.min(by), new WithKeyAndWindow<K>()) : this.reduce(fieldExtreme(by, 'min'));
  }
  max(field: NumericField<T>): SingleOutputStreamOperator<T>;
  max(selector: NumberSelector<T>): SingleOutputStreamOperator<WindowedNumber<K>>;
  max(by: NumericField<T> | NumberSelector<T>): SingleOutputStreamOperator<T> | SingleOutputStreamOperator<WindowedNumber<K>> {
    return typeof by === 'function' ? this.aggregate(aggregates.max(by), new WithKeyAndWindow<K>()) : this.reduce(fieldExtreme(by, 'max'));
  }

  private evaluate<O>(evaluation: WindowEvaluation, outputType?: TypeInformation<O>): SingleOutputStreamOperator<O> {
    return this.keyed.add<O>(
      `Window(${describeAssigner(this.assigner)})`,
      {
        kind: 'window',
        assigner: this.assigner as WindowAssigner<Value>,
        evaluation,
        allowedLatenessMs: this.latenessMs,
        ...(this.lateTag === undefined ? {} : { lateTag: this.lateTag as OutputTag<Value> }),
      },
      outputType,
    );
  }
}

class WithKeyAndWindow<K> extends ProcessWindowFunction<number, WindowedNumber<K>, K> {
  override process(key: K, context: WindowContext, elements: readonly number[], out: Collector<WindowedNumber<K>>): void {
    out.collect({ key, windowStart: context.window.start, windowEnd: context.window.end, value: elements[0] });
  }
}
