/** Fills in what the user left open: parallelism, max parallelism and the partitioners that depend on them. */
import { MAX_PARALLELISM_LIMIT } from '@weir/state';
import { ForwardParallelismError, InvalidParallelismError } from './errors.js';
import type { Partitioner } from './operator-spec.js';
import type { StreamEdge, StreamNode } from './stream-graph.js';

export interface ResolvedParallelism {
  readonly parallelism: number;
  /** Undefined: chosen by Weir for the whole chain. */
  readonly maxParallelism: number | undefined;
}

/** Throws `WEIR_PARALLELISM_INVALID`. */
export function resolveParallelism(
  node: StreamNode, defaultParallelism: number, defaultMaxParallelism: number | undefined,
): ResolvedParallelism {
  const parallelism = node.parallelism ?? defaultParallelism;
  const maxParallelism = node.maxParallelism ?? defaultMaxParallelism;
  checkRange(node, 'parallelism', parallelism);
  if (maxParallelism !== undefined) checkRange(node, 'max parallelism', maxParallelism);
  if (maxParallelism !== undefined && parallelism > maxParallelism) {
    throw new InvalidParallelismError(
      node.name, `parallelism ${parallelism} of ${node.name} is above its max parallelism ${maxParallelism}`,
    );
  }
  return { parallelism, maxParallelism };
}

function checkRange(node: StreamNode, what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= MAX_PARALLELISM_LIMIT) return;
  throw new InvalidParallelismError(node.name, `${what} ${value} of ${node.name} is not within 1..${MAX_PARALLELISM_LIMIT}`);
}

/** Throws `WEIR_FORWARD_PARALLELISM`. */
export function resolvePartitioner(
  edge: StreamEdge, source: StreamNode & ResolvedParallelism, target: StreamNode & ResolvedParallelism,
): Partitioner {
  const equal = source.parallelism === target.parallelism;
  if (edge.partitioner.kind === 'auto') return equal ? { kind: 'forward' } : { kind: 'rebalance' };
  if (edge.partitioner.kind === 'forward' && !equal) {
    throw new ForwardParallelismError(endOf(source), endOf(target));
  }
  return edge.partitioner;
}

function endOf(node: StreamNode & ResolvedParallelism): { name: string; parallelism: number } {
  return { name: node.name, parallelism: node.parallelism };
}
