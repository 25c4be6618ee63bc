/**
 * What an operator is, as data plus the user's functions: the surface writes it, the runtime builds operators from it. No operator code is
 * imported here. Functions are `unknown`-typed inside: the surface's generics guarantee that they fit.
 */
import type { Sink, Source } from '@weir/connector';
import type {
  AggregateFunction, CoProcessFunction, FilterFunction, FlatMapFunction, KeyedCoProcessFunction, KeyedProcessFunction, KeySelector, MapFunction,
  OutputTag, ProcessFunction, ProcessWindowFunction, ReduceFunction, RichFunction,
} from '@weir/functions';
import type { TimeDomain, WatermarkStrategy, WindowAssigner } from '@weir/time';
import type { TypeInformation } from '@weir/types';

export type Value = unknown;

export type OperatorSpec =
  | { readonly kind: 'source'; readonly source: Source<Value>; readonly watermarks: WatermarkStrategy<Value> }
  | { readonly kind: 'map'; readonly fn: MapFunction<Value, Value>; readonly rich?: RichFunction }
  | { readonly kind: 'filter'; readonly fn: FilterFunction<Value>; readonly rich?: RichFunction }
  | { readonly kind: 'flat-map'; readonly fn: FlatMapFunction<Value, Value>; readonly rich?: RichFunction }
  | { readonly kind: 'timestamps'; readonly watermarks: WatermarkStrategy<Value> }
  | { readonly kind: 'process'; readonly fn: ProcessFunction<Value, Value> }
  | { readonly kind: 'keyed-process'; readonly fn: KeyedProcessFunction<Value, Value, Value> }
  | { readonly kind: 'co-process'; readonly fn: CoProcessFunction<Value, Value, Value> }
  | { readonly kind: 'keyed-co-process'; readonly fn: KeyedCoProcessFunction<Value, Value, Value, Value> }
  /** Rolling reduce: emits the new accumulated value for each record. */
  | { readonly kind: 'keyed-reduce'; readonly fn: ReduceFunction<Value>; readonly stateType?: TypeInformation<Value> }
  /** Rolling aggregate: emits the result after each record. */
  | { readonly kind: 'keyed-aggregate'; readonly fn: AggregateFunction<Value, Value, Value>; readonly stateType?: TypeInformation<Value> }
  | WindowOperatorSpec
  | LocalWindowSpec
  | { readonly kind: 'sink'; readonly sink: Sink<Value> };

export interface WindowOperatorSpec {
  readonly kind: 'window';
  readonly assigner: WindowAssigner<Value>;
  readonly evaluation: WindowEvaluation;
  readonly allowedLatenessMs: number;
  readonly lateTag?: OutputTag<Value>;
  /** Set by the planner: what comes in is `PartialAggregate`s (docs/adr/0006). */
  readonly takesPartials?: true;
}

/** The part of a window that runs with its producer, before the exchange. Made by the planner only (docs/adr/0006). */
export interface LocalWindowSpec {
  readonly kind: 'local-window';
  readonly timeDomain: TimeDomain;
  /** A slice is in a window as a whole or not at all. */
  readonly sliceMs: number;
  readonly offsetMs: number;
  readonly keySelector: KeySelector<Value, Value>;
  readonly evaluation: Exclude<WindowEvaluation, { kind: 'process' }>;
}

export type WindowEvaluation =
  /** Incremental; `process` sees the one result. */
  | { readonly kind: 'aggregate'; readonly fn: AggregateFunction<Value, Value, Value>; readonly process?: ProcessWindowFunction<Value, Value, Value>; readonly stateType?: TypeInformation<Value> }
  | { readonly kind: 'reduce'; readonly fn: ReduceFunction<Value>; readonly process?: ProcessWindowFunction<Value, Value, Value>; readonly stateType?: TypeInformation<Value> }
  /** Keeps every element until the window ends. */
  | { readonly kind: 'process'; readonly fn: ProcessWindowFunction<Value, Value, Value>; readonly elementType?: TypeInformation<Value> };

/** True when the operator keeps state that a restore must find again, so that it needs a stable uid. */
export function isStateful(spec: OperatorSpec): boolean {
  switch (spec.kind) {
    case 'map': case 'filter': case 'flat-map': return false;
    case 'timestamps': case 'local-window': return false;
    default: return true;
  }
}

/** How records of an edge find their channel. */
export type Partitioner =
  | { readonly kind: 'forward' }
  | { readonly kind: 'hash'; readonly keySelector: KeySelector<Value, Value> }
  | { readonly kind: 'rebalance' }
  | { readonly kind: 'rescale' }
  | { readonly kind: 'shuffle' }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'global' };
