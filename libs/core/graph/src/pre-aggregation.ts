/**
 * Splits windows in two where that gives the same results: a local part chained to each producer adds up the records of a key and slice, and
 * the window merges what the local parts send. When, and why it is exact: docs/adr/0006.
 *
 * Q1: ids of operators are those of the graph without local parts, so that a snapshot of one plan restores into the other. Q2: either all
 * inputs of a window have a local part or none has.
 */
import { operatorId, type OperatorId } from '@weir/base';
import { isAssociative } from '@weir/functions';
import { types } from '@weir/types';
import { murmur128HexOfText } from './hash128.js';
import { buildChains, type ResolvedEdge, type ResolvedNode } from './operator-chains.js';
import type { LocalWindowSpec, Value, WindowOperatorSpec } from './operator-spec.js';

/** What a local window sends, with the start of the slice as its timestamp. */
export interface PartialAggregate {
  readonly key: Value;
  readonly accumulator: Value;
}
/** The key selector behind a local window. */
export function keyOfPartial(partial: Value): Value {
  return (partial as PartialAggregate).key;
}

export interface PlannedGraph {
  /** In topological order. */
  readonly nodes: readonly ResolvedNode[];
  readonly edges: readonly ResolvedEdge[];
  readonly ids: ReadonlyMap<number, OperatorId>;
}

/** The graph with local parts; `inChains`: also before windows that are in the chain of their producer. Chaining is on. */
export function preAggregated(graph: PlannedGraph, inChains = false): PlannedGraph {
  const chained = new Set(inChains ? [] : buildChains(graph.nodes, graph.edges, true).flatMap(({ nodes: [, ...followers] }) => followers));
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const nodes: ResolvedNode[] = [];
  let edges = [...graph.edges];
  const ids = new Map(graph.ids);
  let nextId = Math.max(...byId.keys()) + 1;
  for (const node of graph.nodes) {
    const inputs = graph.edges.filter((edge) => edge.targetId === node.id);
    const spec = chained.has(node) || !inputs.every((edge) => mayBeFollowed(edge, byId)) ? undefined : localPartOf(node);
    if (spec === undefined) {
      nodes.push(node);
      continue;
    }
    inputs.forEach((edge, place) => {
      const producer = byId.get(edge.sourceId) as ResolvedNode;
      const local = localNode(nextId++, node, spec, producer);
      nodes.push(local);
      ids.set(local.id, localOperatorId(ids.get(node.id) as OperatorId, place)); // Q1
      edges = edges.flatMap((other) => (other === edge
        ? [{ ...edge, targetId: local.id, partitioner: { kind: 'forward' } }, {
          sourceId: local.id, targetId: node.id, inputIndex: edge.inputIndex, partitioner: { kind: 'hash', keySelector: keyOfPartial }, sideOutputId: undefined,
        }]
        : [other]));
    });
    nodes.push({ ...node, spec: { ...(node.spec as WindowOperatorSpec), takesPartials: true }, keySelectors: [keyOfPartial] });
  }
  return { nodes, edges, ids };
}

/** Of the local part in the `place`-th input of a window. */
export function localOperatorId(window: OperatorId, place: number): OperatorId {
  return operatorId(murmur128HexOfText(`local:${place}:${window}`));
}

/** Q2. */
function mayBeFollowed(edge: ResolvedEdge, nodes: ReadonlyMap<number, ResolvedNode>): boolean {
  return edge.partitioner.kind === 'hash' && nodes.get(edge.sourceId)?.chaining !== 'never';
}

function localNode(id: number, window: ResolvedNode, spec: LocalWindowSpec, producer: ResolvedNode): ResolvedNode {
  const { stateType } = spec.evaluation;
  return {
    id, name: `Local ${window.name}`, uid: undefined, spec, parallelism: producer.parallelism, maxParallelism: producer.maxParallelism,
    slotSharingGroup: producer.slotSharingGroup, chaining: 'always', keySelectors: [],
    outputType: stateType === undefined ? undefined : types.row({ key: types.generic<Value>(), accumulator: stateType }),
  };
}

/** Undefined where the accumulators of parts do not come to the same. */
function localPartOf({ spec, keySelectors: [keySelector] }: ResolvedNode): LocalWindowSpec | undefined {
  if (spec.kind !== 'window' || keySelector === undefined || spec.allowedLatenessMs > 0 || spec.lateTag !== undefined) return undefined;
  const { assigner, evaluation } = spec;
  if (assigner.kind === 'session' || evaluation.kind === 'process') return undefined;
  const { timeDomain, sizeMs, offsetMs } = assigner;
  const local = { kind: 'local-window', timeDomain, offsetMs, keySelector, evaluation } as const;
  if (evaluation.kind === 'reduce' ? !isAssociative(evaluation.fn) : evaluation.fn.merge === undefined) return undefined;
  if (assigner.kind === 'tumbling') return { ...local, sliceMs: sizeMs };
  // Windows share a slice's accumulator: only where it surely stays as it is. Between windows with gaps no slice belongs to any.
  const shares = evaluation.kind === 'reduce' || 'columns' in evaluation.fn;
  if (!shares || timeDomain === 'processing-time' || assigner.slideMs > sizeMs) return undefined;
  return { ...local, sliceMs: greatestCommonDivisor(sizeMs, assigner.slideMs) };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
