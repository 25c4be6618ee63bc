/**
 * The graph as it runs: one JobVertex per chain of operators, plain data, the same on every machine that builds it from the same module.
 * `CompiledJob` adds the live functions, found by OperatorId.
 */
import type { OperatorId, VertexId } from '@weir/base';
import type { Partitioner } from './operator-spec.js';
import type { StreamNode } from './stream-graph.js';

/** One operator in a chain. */
export interface ChainedOperator {
  readonly operatorId: OperatorId;
  readonly name: string;
  /** Undefined when the user gave none: the id then depends on the graph's shape. */
  readonly uid: string | undefined;
  readonly kind: StreamNode['spec']['kind'];
  readonly stateful: boolean;
  readonly outputs: readonly ChainEdge[];
}
/** Inside a chain: from this operator to another one of the chain, by index in `JobVertex.operators`. */
export interface ChainEdge {
  readonly targetIndex: number;
  readonly sideOutputId: string | undefined;
}

export interface JobVertex {
  /** Id of its head operator. */
  readonly id: VertexId;
  readonly name: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** True when the user set it: a restore with another one is refused; else the snapshot's is adopted. */
  readonly maxParallelismExplicit: boolean;
  readonly slotSharingGroup: string;
  /** In topological order; the head first. */
  readonly operators: readonly ChainedOperator[];
  /** Number of inputs of the head: 0 (source), 1 or 2. */
  readonly inputCount: number;
}

/** Between two vertices: one channel per pair of subtasks that the partitioner connects. */
export interface JobEdge {
  /** Place in `JobGraph.edges`. */
  readonly index: number;
  readonly sourceVertex: VertexId;
  /** Index in the source vertex's `operators` of the operator whose output this is. */
  readonly sourceOperatorIndex: number;
  readonly sideOutputId: string | undefined;
  readonly targetVertex: VertexId;
  readonly inputIndex: number;
  readonly partitioner: Partitioner['kind'];
  /** True when every producer subtask feeds every consumer subtask. */
  readonly allToAll: boolean;
}

export interface JobGraph {
  readonly jobName: string;
  /** In topological order. */
  readonly vertices: readonly JobVertex[];
  readonly edges: readonly JobEdge[];
  /**
   * Hash of everything above: two builds of one module must agree. 32 hexadecimal digits. A max parallelism that the user did not set is
   * left out, so that adopting a snapshot's value keeps the hash.
   */
  readonly hash: string;
}

export interface CompiledJob {
  readonly graph: JobGraph;
  /** The operators with their functions. */
  readonly nodes: ReadonlyMap<OperatorId, StreamNode>;
  /** Partitioners of `graph.edges`, same order. */
  readonly partitioners: readonly Partitioner[];
}
