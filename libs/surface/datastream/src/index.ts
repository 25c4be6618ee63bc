// Jobs
export { buildStreamGraph, defineJob, isJobDefinition, jobProgram } from './define-job.js';
export type { JobBuilder, JobDefinition, JobOptions, RawParameters } from './define-job.js';
export type { JobSummary, JobSummaryContext } from './job-summary.js';
export { param, parseJobArguments, readParameters } from './job-parameters.js';
export type { ParameterDeclaration, ParameterDeclarations, ParameterValues } from './job-parameters.js';
export { StreamExecutionEnvironment, type EnvironmentOptions } from './stream-execution-environment.js';
export { defaultExecutor, setDefaultExecutor, type JobExecutionResult, type JobExecutor } from './job-executor.js';
export { cloneFunctionObject } from './clone-functions.js';
export type { JobProgram, StreamGraph } from '@weir/graph';

// Streams
export { DataStream, DataStreamSource, SingleOutputStreamOperator } from './data-stream.js';
export { DataStreamSink } from './data-stream-sink.js';
export { KeyedStream } from './keyed-stream.js';
export { WindowedStream, type WindowedNumber } from './windowed-stream.js';
export { ConnectedStreams, KeyedConnectedStreams } from './connected-streams.js';
export type { NumericField } from './field-reducers.js';
export type { KeyedNumber } from './keyed-number.js';
export type { RichFilterFunction, RichFlatMapFunction, RichMapFunction } from './rich-functions.js';

// Functions
export {
  aggregates, associative, CoProcessFunction, DeclaredAggregate, KeyedCoProcessFunction, KeyedProcessFunction, OutputTag,
  ProcessFunction, ProcessWindowFunction,
} from '@weir/functions';
export type {
  AggregateFunction, Collector, FilterFunction, FlatMapFunction, KeyedProcessContext, KeySelector, MapFunction,
  NumberSelector, OnTimerContext,
  ProcessContext, ReduceFunction, RichFunction, RuntimeContext, TimerService, WindowContext,
} from '@weir/functions';

// State
export { enableTimeToLive, stateDescriptor, StateTtlConfig } from '@weir/state';
export type {
  AggregatingState, AggregatingStateDescriptor, ListState, ListStateDescriptor, MapState, MapStateDescriptor,
  ReducingState, ReducingStateDescriptor,
  ValueState, ValueStateDescriptor,
} from '@weir/state';

// Time
export {
  Duration, EventTimeSessionWindows, MAX_WATERMARK, MIN_WATERMARK, NO_TIMESTAMP, ProcessingTimeSessionWindows, SlidingEventTimeWindows,
  SlidingProcessingTimeWindows, TumblingEventTimeWindows, TumblingProcessingTimeWindows, WatermarkStrategy,
} from '@weir/time';
export type { DurationMs, TimestampAssigner, TimeWindow, WatermarkGenerator, WindowAssigner } from '@weir/time';

// Types
export { types } from '@weir/types';
export type { Infer, TypeInformation } from '@weir/types';

// Sources and sinks in memory; contracts for one's own
export { CollectionSource, CollectSink, DataGeneratorSource, PrintSink, SequenceSource } from '@weir/connector';
export type { LineWriter, Sink, Source } from '@weir/connector';

// Errors and configuration
export { Configuration, isWeirError, WeirError } from '@weir/base';
export { ExecutorMissingError, InvalidJobError, InvalidJobParameterError, JobBuildFailedError } from './errors.js';
