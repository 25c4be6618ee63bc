/** Two streams of different types that one operator reads, each with its own method. */
import {
  CoProcessFunction,
  type Collector,
  type KeyedCoProcessFunction,
  type KeySelector,
  type FlatMapFunction,
  type MapFunction,
  type ProcessContext,
} from '@weir/functions';
import type { Value } from '@weir/graph';
import { addTwoInputOperator, type DataStream, type SingleOutputStreamOperator } from './data-stream.js';
import { KeyedStream } from './keyed-stream.js';

export class ConnectedStreams<A, B> {
  constructor(private readonly first: DataStream<A>, private readonly second: DataStream<B>) {}

  /** Records of equal keys of both streams meet in one subtask and share keyed state. */
  keyBy<K>(selectorA: KeySelector<A, K>, selectorB: KeySelector<B, K>): KeyedConnectedStreams<A, B, K> {
    return new KeyedConnectedStreams<A, B, K>(new KeyedStream(this.first, selectorA), new KeyedStream(this.second, selectorB));
  }
  process<O>(fn: CoProcessFunction<A, B, O>): SingleOutputStreamOperator<O> {
    return this.add<O>('Co-Process', fn);
  }
  map<O>(mapA: MapFunction<A, O>, mapB: MapFunction<B, O>): SingleOutputStreamOperator<O> {
    return this.add<O>('Co-Map', new CoMap<A, B, O>(mapA, mapB));
  }
  flatMap<O>(flatMapA: FlatMapFunction<A, O>, flatMapB: FlatMapFunction<B, O>): SingleOutputStreamOperator<O> {
    return this.add<O>('Co-Flat Map', new CoFlatMap<A, B, O>(flatMapA, flatMapB));
  }

  private add<O>(name: string, fn: CoProcessFunction<A, B, O>): SingleOutputStreamOperator<O> {
    return addTwoInputOperator<O>(
      [this.first, this.second], name, { kind: 'co-process', fn: fn as CoProcessFunction<Value, Value, Value> },
    );
  }
}

/** As ConnectedStreams, partitioned by one kind of key: both sides share keyed state and timers. */
export class KeyedConnectedStreams<A, B, K> {
  constructor(private readonly first: KeyedStream<A, K>, private readonly second: KeyedStream<B, K>) {}

  process<O>(fn: KeyedCoProcessFunction<K, A, B, O>): SingleOutputStreamOperator<O> {
    return this.add<O>('Co-Keyed-Process', fn);
  }
  map<O>(mapA: MapFunction<A, O>, mapB: MapFunction<B, O>): SingleOutputStreamOperator<O> {
    return this.add<O>('Co-Map', new CoMap<A, B, O>(mapA, mapB));
  }
  flatMap<O>(flatMapA: FlatMapFunction<A, O>, flatMapB: FlatMapFunction<B, O>): SingleOutputStreamOperator<O> {
    return this.add<O>('Co-Flat Map', new CoFlatMap<A, B, O>(flatMapA, flatMapB));
  }

  private add<O>(name: string, fn: KeyedCoProcessFunction<K, A, B, O>): SingleOutputStreamOperator<O> {
    const selectors = [this.first.selector, this.second.selector] as KeySelector<Value, Value>[];
    const spec = { kind: 'keyed-co-process' as const, fn: fn as KeyedCoProcessFunction<Value, Value, Value, Value> };
    return addTwoInputOperator<O>([this.first.stream, this.second.stream], name, spec, selectors);
  }
}

class CoMap<A, B, O> extends CoProcessFunction<A, B, O> {
  constructor(private readonly mapA: MapFunction<A, O>, private readonly mapB: MapFunction<B, O>) {
    super();
  }
  override processElement1(value: A, _context: ProcessContext, out: Collector<O>): void {
    out.collect(this.mapA(value));
  }
  override processElement2(value: B, _context: ProcessContext, out: Collector<O>): void {
    out.collect(this.mapB(value));
  }
}

class CoFlatMap<A, B, O> extends CoProcessFunction<A, B, O> {
  constructor(private readonly flatMapA: FlatMapFunction<A, O>, private readonly flatMapB: FlatMapFunction<B, O>) {
    super();
  }
  override processElement1(value: A, _context: ProcessContext, out: Collector<O>): void {
    this.flatMapA(value, out);
  }
  override processElement2(value: B, _context: ProcessContext, out: Collector<O>): void {
    this.flatMapB(value, out);
  }
}
