/**
 * Streams of records and the operators that read them. Each call adds a node to the environment's graph; nothing runs.
 *
 * DataStream and the streams that operators return live in one file: they make and extend each other, and modules may not do that in a
 * ring.
 */
import { CollectSink, PrintSink, type Sink } from '@weir/connector';
import type { FilterFunction, FlatMapFunction, KeySelector, MapFunction, OutputTag, ProcessFunction } from '@weir/functions';
import type { OperatorSpec, StreamNode, StreamPartitioner, Value } from '@weir/graph';
import type { WatermarkStrategy } from '@weir/time';
import type { TypeInformation } from '@weir/types';
import { ConnectedStreams } from './connected-streams.js';
import { DataStreamSink } from './data-stream-sink.js';
import { InvalidJobError } from './errors.js';
import type { OutputPort } from './graph-builder.js';
import { KeyedStream } from './keyed-stream.js';
import {
  setNodeMaxParallelism, setNodeName, setNodeParallelism, setNodeSlotSharingGroup, setNodeUid,
} from './operator-settings.js';
import type { RichFilterFunction, RichFlatMapFunction, RichMapFunction } from './rich-functions.js';
import type { StreamContext } from './stream-context.js';

/** Records of type `T`, unkeyed. */
export class DataStream<T> {
  /** Made by the environment and by operators, not by users. */
  constructor(
    /** @internal */ readonly context: StreamContext,
    /** @internal */ readonly ports: readonly OutputPort[],
    /** @internal */ readonly type: TypeInformation<T> | undefined,
  ) {}

  /** One result per record. */
  map<O>(fn: MapFunction<T, O> | RichMapFunction<T, O>): SingleOutputStreamOperator<O> {
    return addOperator<O>(this, 'Map', mapSpec(fn));
  }

  /** The records for which the predicate is true. */
  filter<S extends T>(predicate: (value: T) => value is S): SingleOutputStreamOperator<S>;
  filter(fn: FilterFunction<T> | RichFilterFunction<T>): SingleOutputStreamOperator<T>;
  filter(fn: FilterFunction<T> | RichFilterFunction<T>): SingleOutputStreamOperator<T> {
    return addOperator<T>(this, 'Filter', filterSpec(fn), undefined, this.type);
  }

  /**
   * Any number of results per record. The type of the results comes from the collector: `flatMap((line: string, out: Collector<Word>) =>
   * …)`.
   */
  flatMap<O>(fn: FlatMapFunction<T, O> | RichFlatMapFunction<T, O>): SingleOutputStreamOperator<O> {
    return addOperator<O>(this, 'Flat Map', flatMapSpec(fn));
  }

  /** Records, time and side outputs. */
  process<O>(fn: ProcessFunction<T, O>): SingleOutputStreamOperator<O> {
    return addOperator<O>(this, 'Process', { kind: 'process', fn: fn as ProcessFunction<Value, Value> });
  }

  /** Partitions by key: records of equal keys meet in one subtask. Keys: see `WEIR_KEY_UNSUPPORTED`. */
  keyBy<K>(selector: KeySelector<T, K>): KeyedStream<T, K> {
    return new KeyedStream<T, K>(this, selector);
  }

  /** All records of this stream and the others, in no order between them. */
  union(...others: readonly DataStream<T>[]): DataStream<T> {
    return new DataStream<T>(this.context, [...this.ports, ...others.flatMap((other) => other.ports)], this.type);
  }

  /** Two streams of different types for one operator. */
  connect<B>(other: DataStream<B>): ConnectedStreams<T, B> {
    return new ConnectedStreams<T, B>(this, other);
  }

  /** Gives records their event time here instead of at the source. */
  assignTimestampsAndWatermarks(strategy: WatermarkStrategy<NoInfer<T>>): SingleOutputStreamOperator<T> {
    return addOperator<T>(
      this, 'Timestamps/Watermarks', { kind: 'timestamps', watermarks: strategy as WatermarkStrategy<Value> }, undefined, this.type,
    );
  }

  /** Subtask i to subtask i; needs equal parallelism (`WEIR_FORWARD_PARALLELISM`). */
  forward(): DataStream<T> {
    return this.partitioned({ kind: 'forward' });
  }
  /** Evenly in turn to all subtasks. */
  rebalance(): DataStream<T> {
    return this.partitioned({ kind: 'rebalance' });
  }
  /** Evenly in turn to a few near subtasks. */
  rescale(): DataStream<T> {
    return this.partitioned({ kind: 'rescale' });
  }
  /** To a random subtask. */
  shuffle(): DataStream<T> {
    return this.partitioned({ kind: 'shuffle' });
  }
  /** To every subtask. */
  broadcast(): DataStream<T> {
    return this.partitioned({ kind: 'broadcast' });
  }
  /** To subtask 0. */
  global(): DataStream<T> {
    return this.partitioned({ kind: 'global' });
  }

  sinkTo<C>(sink: Sink<T, C>): DataStreamSink<T> {
    return new DataStreamSink<T>(addOperator<T>(this, `Sink: ${sink.description}`, { kind: 'sink', sink: sink as Sink<Value> }).node);
  }

  /** Prints each record as a line. */
  print(prefix?: string): DataStreamSink<T> {
    return this.sinkTo(new PrintSink<T>(this.context.writeLine, prefix));
  }

  /** Runs the job and gives this stream's records, exactly once each. For bounded jobs: it settles when the job has ended. */
  async executeAndCollect(jobName?: string): Promise<T[]> {
    const sink = new CollectSink<T>();
    this.sinkTo(sink);
    const result = await this.context.execute(jobName);
    return [...sink.results(result.jobId)];
  }

  /** @internal */
  partitioned(partitioner: StreamPartitioner): DataStream<T> {
    return new DataStream<T>(this.context, this.ports.map((port) => ({ ...port, partitioner })), this.type);
  }
}

/** The result of one operator, which may still be named and tuned. */
export class SingleOutputStreamOperator<T> extends DataStream<T> {
  constructor(context: StreamContext, /** @internal */ readonly node: StreamNode) {
    super(context, [{ node, sideOutputId: undefined, partitioner: { kind: 'auto' } }], node.outputType as TypeInformation<T> | undefined);
  }

  /** For plans, metrics and messages. */
  name(name: string): this {
    setNodeName(this.node, name);
    return this;
  }
  /**
   * Identity of the operator's state, stable while the job changes; unique in the job (`WEIR_UID_DUPLICATE`). Give one to every stateful
   * operator.
   */
  uid(uid: string): this {
    setNodeUid(this.node, uid);
    return this;
  }
  setParallelism(parallelism: number): this {
    setNodeParallelism(this.node, parallelism);
    return this;
  }
  /** Number of key groups: the bound of later parallelism. Fixed for the life of the state. */
  setMaxParallelism(maxParallelism: number): this {
    setNodeMaxParallelism(this.node, maxParallelism);
    return this;
  }
  /** Operators of one group share slots. Inherited from the inputs when they agree; else `default`. */
  slotSharingGroup(group: string): this {
    setNodeSlotSharingGroup(this.node, group);
    return this;
  }
  /** Not chained to its input; later operators may be chained to it. */
  startNewChain(): this {
    this.node.chaining = 'head';
    return this;
  }
  /** Chained to nothing. */
  disableChaining(): this {
    this.node.chaining = 'never';
    return this;
  }
  /** Declares the type of the results, for codecs that need no sampling. */
  returns(type: TypeInformation<T>): this {
    this.node.outputType = type as TypeInformation<Value>;
    return this;
  }
  /** What the operator's function emitted to `tag`. */
  getSideOutput<X>(tag: OutputTag<X>): DataStream<X> {
    return new DataStream<X>(this.context, [{ node: this.node, sideOutputId: tag.id, partitioner: { kind: 'auto' } }], tag.type);
  }
}

/** A stream that comes from outside. */
export class DataStreamSource<T> extends SingleOutputStreamOperator<T> {}

/** A stream without the type of its records. */
interface OperatorInput {
  readonly context: StreamContext;
  readonly ports: readonly OutputPort[];
}

/** @internal Adds an operator that reads `input`. */
export function addOperator<O>(
  input: OperatorInput,
  name: string,
  spec: OperatorSpec,
  keySelector?: KeySelector<Value, Value>,
  outputType?: TypeInformation<O>,
): SingleOutputStreamOperator<O> {
  const node = input.context.builder.add({
    name,
    spec,
    inputs: [input.ports],
    keySelectors: keySelector === undefined ? [] : [keySelector],
    outputType: outputType as TypeInformation<Value> | undefined,
  });
  return new SingleOutputStreamOperator<O>(input.context, node);
}

/** @internal Adds an operator that reads two inputs. */
export function addTwoInputOperator<O>(
  inputs: readonly [OperatorInput, OperatorInput],
  name: string,
  spec: OperatorSpec,
  keySelectors: readonly KeySelector<Value, Value>[] = [],
): SingleOutputStreamOperator<O> {
  const [a, b] = inputs;
  if (a.context.builder !== b.context.builder) {
    throw new InvalidJobError('streams of two environments are connected', 'Build both streams from the same StreamExecutionEnvironment.');
  }
  return new SingleOutputStreamOperator<O>(a.context, a.context.builder.add({ name, spec, inputs: [a.ports, b.ports], keySelectors }));
}

function mapSpec<I, O>(fn: MapFunction<I, O> | RichMapFunction<I, O>): OperatorSpec {
  if (typeof fn === 'function') return { kind: 'map', fn: fn as MapFunction<Value, Value> };
  return { kind: 'map', fn: fn.map.bind(fn) as MapFunction<Value, Value>, rich: fn };
}
function filterSpec<T>(fn: FilterFunction<T> | RichFilterFunction<T>): OperatorSpec {
  if (typeof fn === 'function') return { kind: 'filter', fn: fn as FilterFunction<Value> };
  return { kind: 'filter', fn: fn.filter.bind(fn) as FilterFunction<Value>, rich: fn };
}
function flatMapSpec<I, O>(fn: FlatMapFunction<I, O> | RichFlatMapFunction<I, O>): OperatorSpec {
  if (typeof fn === 'function') return { kind: 'flat-map', fn: fn as FlatMapFunction<Value, Value> };
  return { kind: 'flat-map', fn: fn.flatMap.bind(fn) as FlatMapFunction<Value, Value>, rich: fn };
}

