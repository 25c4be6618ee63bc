/** The graph as the user wrote it: one node per operator. Built by the surface, translated by `createJobGraph`. */
import type { KeySelector } from '@weir/functions';
import type { TypeInformation } from '@weir/types';
import type { OperatorSpec, Partitioner, Value } from './operator-spec.js';

/** `head`: starts a chain, may be followed; `never`: neither chained to its input nor followed. */
export type ChainingStrategy = 'always' | 'head' | 'never';

export interface StreamNode {
  /** Place in the order of creation; from 1. */
  readonly id: number;
  name: string;
  uid: string | undefined;
  readonly spec: OperatorSpec;
  /** Undefined: the environment's default at translation. */
  parallelism: number | undefined;
  maxParallelism: number | undefined;
  slotSharingGroup: string;
  chaining: ChainingStrategy;
  /** Per input (0 or 1); set on keyed operators. */
  keySelectors: readonly (KeySelector<Value, Value> | undefined)[];
  outputType: TypeInformation<Value> | undefined;
}

/** How an edge partitions, as the user said it. `auto`: forward when both ends have the same parallelism, else rebalance. */
export type StreamPartitioner = Partitioner | { readonly kind: 'auto' };

export interface StreamEdge {
  readonly sourceId: number;
  readonly targetId: number;
  /** 0, or 1 for the second input of a two-input operator. Several edges on one input are a union. */
  readonly inputIndex: number;
  readonly partitioner: StreamPartitioner;
  /** Id of the side output that this edge carries; undefined: the main output. */
  readonly sideOutputId: string | undefined;
}

export interface StreamGraph {
  readonly jobName: string;
  readonly nodes: readonly StreamNode[];
  readonly edges: readonly StreamEdge[];
  /** Configuration that the program itself set (`enableCheckpointing`, `configure`), as text by key; it wins over all other origins. */
  readonly configuration?: Readonly<Record<string, string>>;
}
