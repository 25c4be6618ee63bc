/** Hot path (benchmark: loops/keyed-count). Closed factories (see `specialize`) of the inputs of process functions and rolling aggregates. */
import type { AggregateFunction, Collector, KeySelector, ReduceFunction } from '@weir/functions';
import type { KeyContext, ValueState } from '@weir/state';
import type { Input } from './operator.js';

/** What an input tells its operator about time: the operator combines two inputs and fires timers. */
export interface TimeSink {
  inputWatermark(input: number, timestamp: number): void;
  inputIdle(input: number, idle: boolean): void;
}
export interface CountedCollector extends Collector<unknown> {
  emitted: number;
}

type Process = (value: unknown, context: unknown, out: Collector<unknown>) => void;

/** A user's collector that counts. */
export function collectorFactory(): new (out: Input) => CountedCollector {
  return class CountingCollector implements CountedCollector {
    emitted = 0;
    constructor(private readonly out: Input) {}
    collect(value: unknown): void {
      this.emitted++;
      this.out.collect(value);
    }
  };
}

export type ProcessInputConstructor = new (fn: { processElement: Process }, context: unknown, out: Collector<unknown>, time: TimeSink) => Input;

/** `processElement` of a function without keys. */
export function processInputFactory(): ProcessInputConstructor {
  return class ProcessInput implements Input {
    constructor(
      private readonly fn: { processElement: Process }, private readonly context: unknown, private readonly out: Collector<unknown>, private readonly time: TimeSink,
    ) {}
    collect(value: unknown): void {
      this.fn.processElement(value, this.context, this.out);
    }
    watermark(timestamp: number): void {
      this.time.inputWatermark(0, timestamp);
    }
    idle(idle: boolean): void {
      this.time.inputIdle(0, idle);
    }
  };
}

export type KeyedProcessInputConstructor = new (
  fn: { processElement: Process }, context: unknown, out: Collector<unknown>, time: TimeSink, keys: KeyContext, selector: KeySelector<unknown, unknown>,
) => Input;

/** `processElement` behind keyBy. */
export function keyedProcessInputFactory(): KeyedProcessInputConstructor {
  return class KeyedProcessInput implements Input {
    constructor(
      private readonly fn: { processElement: Process }, private readonly context: unknown, private readonly out: Collector<unknown>, private readonly time: TimeSink,
      private readonly keys: KeyContext, private readonly selector: KeySelector<unknown, unknown>,
    ) {}
    collect(value: unknown): void {
      this.keys.setCurrentKey((0, this.selector)(value));
      this.fn.processElement(value, this.context, this.out);
    }
    watermark(timestamp: number): void {
      this.time.inputWatermark(0, timestamp);
    }
    idle(idle: boolean): void {
      this.time.inputIdle(0, idle);
    }
  };
}

export type TwoInputConstructor = new (
  process: Process, inputIndex: number, context: unknown, out: Collector<unknown>, time: TimeSink, keys: KeyContext | undefined,
  selector: KeySelector<unknown, unknown> | undefined,
) => Input;

/** One of two inputs, keyed or not. `process` is bound to its function object. */
export function twoInputFactory(): TwoInputConstructor {
  return class OneOfTwoInputs implements Input {
    constructor(
      private readonly process: Process, private readonly inputIndex: number, private readonly context: unknown, private readonly out: Collector<unknown>,
      private readonly time: TimeSink, private readonly keys: KeyContext | undefined, private readonly selector: KeySelector<unknown, unknown> | undefined,
    ) {}
    collect(value: unknown): void {
      if (this.selector !== undefined) (this.keys as KeyContext).setCurrentKey((0, this.selector)(value));
      (0, this.process)(value, this.context, this.out);
    }
    watermark(timestamp: number): void {
      this.time.inputWatermark(this.inputIndex, timestamp);
    }
    idle(idle: boolean): void {
      this.time.inputIdle(this.inputIndex, idle);
    }
  };
}

export type RollingInputConstructor<F> = new (
  fn: F, state: ValueState<unknown>, out: Input, keys: KeyContext, selector: KeySelector<unknown, unknown>,
) => Input;

/** Rolling reduce: emits the new value for each record. */
export function rollingReduceFactory(): RollingInputConstructor<ReduceFunction<unknown>> {
  return class RollingReduceInput implements Input {
    constructor(
      private readonly fn: ReduceFunction<unknown>, private readonly state: ValueState<unknown>, private readonly out: Input, private readonly keys: KeyContext,
      private readonly selector: KeySelector<unknown, unknown>,
    ) {}
    collect(value: unknown): void {
      this.keys.setCurrentKey((0, this.selector)(value));
      const before = this.state.value();
      const after = before === undefined ? value : (0, this.fn)(before, value);
      this.state.update(after);
      this.out.collect(after);
    }
    watermark(timestamp: number): void {
      this.out.watermark(timestamp);
    }
    idle(idle: boolean): void {
      this.out.idle(idle);
    }
  };
}

/** Rolling aggregate: emits the result after each record. */
export function rollingAggregateFactory(): RollingInputConstructor<AggregateFunction<unknown, unknown, unknown>> {
  return class RollingAggregateInput implements Input {
    constructor(
      private readonly fn: AggregateFunction<unknown, unknown, unknown>, private readonly state: ValueState<unknown>, private readonly out: Input,
      private readonly keys: KeyContext, private readonly selector: KeySelector<unknown, unknown>,
    ) {}
    collect(value: unknown): void {
      this.keys.setCurrentKey((0, this.selector)(value));
      const before = this.state.value();
      const after = this.fn.add(value, before === undefined ? this.fn.createAccumulator() : before);
      this.state.update(after); // also when it is the same object: only then a backend knows that it has changed
      this.out.collect(this.fn.getResult(after));
    }
    watermark(timestamp: number): void {
      this.out.watermark(timestamp);
    }
    idle(idle: boolean): void {
      this.out.idle(idle);
    }
  };
}
