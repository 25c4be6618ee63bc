/**
 * Groups operators into chains: what runs in one subtask and hands records on by plain calls. Flink's conditions
 * (StreamingJobGraphGenerator.isChainable), and a hash edge between two single subtasks, which partitions nothing (docs/adr/0003).
 *
 * H1: a chain is a tree; every operator but the head has its one input in the chain. H2: parallelism, slot-sharing group and explicit max
 * parallelism are equal throughout a chain. H3: every operator is in exactly one chain. H4: the result depends on the graph only, not on
 * the machine.
 */
import type { Partitioner } from './operator-spec.js';
import type { ResolvedParallelism } from './resolve-parallelism.js';
import type { StreamEdge, StreamNode } from './stream-graph.js';

export type ResolvedNode = StreamNode & ResolvedParallelism;
export interface ResolvedEdge extends Omit<StreamEdge, 'partitioner'> {
  readonly partitioner: Partitioner;
}

export interface OperatorChain {
  /** In topological order; the head first. */
  readonly nodes: ResolvedNode[];
  /** What any of its operators set explicitly. */
  maxParallelism: number | undefined;
}

/** Chains in the topological order of their heads. `ordered` is in topological order. */
export function buildChains(
  ordered: readonly ResolvedNode[], edges: readonly ResolvedEdge[], chainingEnabled: boolean,
): readonly OperatorChain[] {
  const chains: OperatorChain[] = [];
  const chainOf = new Map<number, OperatorChain>();
  const nodes = new Map(ordered.map((node) => [node.id, node]));
  for (const node of ordered) {
    const inputs = edges.filter((edge) => edge.targetId === node.id);
    const upstream = inputs.length === 1 ? nodes.get(inputs[0].sourceId) : undefined; // H1
    const candidate = upstream === undefined ? undefined : chainOf.get(upstream.id);
    if (chainingEnabled && upstream !== undefined && candidate !== undefined && isChainable(inputs[0], upstream, node, candidate)) {
      candidate.nodes.push(node);
      candidate.maxParallelism ??= node.maxParallelism;
      chainOf.set(node.id, candidate);
    } else {
      const chain: OperatorChain = { nodes: [node], maxParallelism: node.maxParallelism };
      chains.push(chain);
      chainOf.set(node.id, chain);
    }
  }
  return chains;
}

function isChainable(edge: ResolvedEdge, upstream: ResolvedNode, downstream: ResolvedNode, chain: OperatorChain): boolean {
  return (
    partitionsNothing(edge.partitioner, upstream, downstream) &&
    upstream.parallelism === downstream.parallelism && // H2
    upstream.slotSharingGroup === downstream.slotSharingGroup && // H2
    upstream.chaining !== 'never' &&
    downstream.chaining === 'always' &&
    (chain.maxParallelism ?? downstream.maxParallelism) === (downstream.maxParallelism ?? chain.maxParallelism) // H2
  );
}

function partitionsNothing(partitioner: Partitioner, upstream: ResolvedNode, downstream: ResolvedNode): boolean {
  if (partitioner.kind === 'forward') return true;
  return partitioner.kind === 'hash' && upstream.parallelism === 1 && downstream.parallelism === 1; // docs/adr/0003
}
