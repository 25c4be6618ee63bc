/**
 * StreamGraph to JobGraph: validate, resolve, identify, chain. Pure: the same graph and options give the same result on every machine, so
 * that a worker which rebuilds the graph from the job's module can check it by hash.
 */
import { vertexId, type OperatorId } from '@weir/base';
import { defaultMaxParallelism } from '@weir/state';
import { isAllToAll } from './channel-pattern.js';
import { hashJobGraph } from './job-graph-hash.js';
import type { ChainedOperator, ChainEdge, CompiledJob, JobEdge, JobGraph, JobVertex } from './job-graph.js';
import { buildChains, type OperatorChain, type ResolvedEdge, type ResolvedNode } from './operator-chains.js';
import { assignOperatorIds } from './operator-ids.js';
import { inputCountOf } from './operator-inputs.js';
import { isStateful, type Partitioner } from './operator-spec.js';
import { type PlannedGraph, preAggregated } from './pre-aggregation.js';
import { resolveParallelism, resolvePartitioner } from './resolve-parallelism.js';
import type { StreamGraph, StreamNode } from './stream-graph.js';
import { validateStreamGraph } from './validate-stream-graph.js';

export interface JobGraphOptions {
  /** Of operators that set none (`parallelism.default`). */
  readonly defaultParallelism: number;
  /** Of operators that set none; counts as set by the user. Undefined: derived from the parallelism, and a restore may change it. */
  readonly defaultMaxParallelism?: number;
  /** False: one vertex per operator. */
  readonly chainingEnabled: boolean;
  /** Windows aggregate before the exchange where that gives the same results (docs/adr/0006). Undefined: they do not. */
  readonly localAggregation?: boolean;
  /** Also where producer and window are one chain: what is sent to a window is then the same at every parallelism, as records in flight must be. */
  readonly localAggregationInChains?: boolean;
}

/** Throws `WEIR_GRAPH_INVALID`, `WEIR_UID_DUPLICATE`, `WEIR_PARALLELISM_INVALID`, `WEIR_FORWARD_PARALLELISM`. */
export function createJobGraph(graph: StreamGraph, options: JobGraphOptions): CompiledJob {
  const resolved = resolveGraph(graph, options);
  const written: PlannedGraph = { ...resolved, ids: assignOperatorIds(resolved.nodes, graph.edges) };
  const { nodes: ordered, edges, ids } = options.localAggregation === true && options.chainingEnabled ? preAggregated(written, options.localAggregationInChains === true) : written;
  const chains = buildChains(ordered, edges, options.chainingEnabled);
  const places = placesOf(chains);
  const vertices = chains.map((chain) => vertexOf(chain, edges, ids, places));
  const crossing = crossingEdges(edges, vertices, places);
  const jobEdges = crossing.map(({ jobEdge }) => jobEdge);
  return {
    graph: jobGraph({ jobName: graph.jobName, vertices, edges: jobEdges }),
    nodes: new Map(ordered.map((node): [OperatorId, StreamNode] => [ids.get(node.id) as OperatorId, node])),
    partitioners: crossing.map(({ partitioner }) => partitioner),
  };
}

function resolveGraph(graph: StreamGraph, options: JobGraphOptions): Pick<PlannedGraph, 'nodes' | 'edges'> {
  const nodes = validateStreamGraph(graph).map(
    (node): ResolvedNode => ({ ...node, ...resolveParallelism(node, options.defaultParallelism, options.defaultMaxParallelism) }),
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = graph.edges.map(
    (edge): ResolvedEdge => ({
      ...edge,
      partitioner: resolvePartitioner(edge, byId.get(edge.sourceId) as ResolvedNode, byId.get(edge.targetId) as ResolvedNode),
    }),
  );
  return { nodes, edges };
}

/** With its hash, computed when somebody asks: a task that builds the graph again does not. */
function jobGraph(parts: Omit<JobGraph, 'hash'>): JobGraph {
  let hash: string | undefined;
  return {
    ...parts,
    get hash() {
      return (hash ??= hashJobGraph(parts));
    },
  };
}

/** Where an operator went: which chain, and where in it. */
interface Place {
  readonly chainIndex: number;
  readonly operatorIndex: number;
}

function placesOf(chains: readonly OperatorChain[]): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  chains.forEach((chain, chainIndex) => chain.nodes.forEach((node, operatorIndex) => places.set(node.id, { chainIndex, operatorIndex })));
  return places;
}

/** True when the edge is a call inside a chain: the head of a chain is only ever reached from outside. */
function isInsideChain(edge: ResolvedEdge, places: ReadonlyMap<number, Place>): boolean {
  const source = places.get(edge.sourceId) as Place;
  const target = places.get(edge.targetId) as Place;
  return source.chainIndex === target.chainIndex;
}

function vertexOf(
  chain: OperatorChain, edges: readonly ResolvedEdge[], ids: ReadonlyMap<number, OperatorId>, places: ReadonlyMap<number, Place>,
): JobVertex {
  const operators = chain.nodes.map((node): ChainedOperator => {
    const outputs = edges
      .filter((edge) => edge.sourceId === node.id && isInsideChain(edge, places))
      .map((edge): ChainEdge => ({ targetIndex: (places.get(edge.targetId) as Place).operatorIndex, sideOutputId: edge.sideOutputId }));
    const { name, uid, spec } = node;
    return { operatorId: ids.get(node.id) as OperatorId, name, uid, kind: spec.kind, stateful: isStateful(spec), outputs };
  });
  const [head] = chain.nodes;
  return {
    id: vertexId(operators[0].operatorId),
    name: chainName(operators, 0),
    parallelism: head.parallelism,
    maxParallelism: chain.maxParallelism ?? defaultMaxParallelism(head.parallelism),
    maxParallelismExplicit: chain.maxParallelism !== undefined,
    slotSharingGroup: head.slotSharingGroup,
    operators,
    inputCount: inputCountOf(head.spec),
  };
}

/** As Flink names chains: `a -> b -> c`, and `a -> (b -> c, d)` where it branches. */
function chainName(operators: readonly ChainedOperator[], index: number): string {
  const { name, outputs } = operators[index];
  const followers = outputs.map((output) => chainName(operators, output.targetIndex));
  if (followers.length === 0) return name;
  return followers.length === 1 ? `${name} -> ${followers[0]}` : `${name} -> (${followers.join(', ')})`;
}

/** Edges between vertices, by target, input and source: the order in which a task numbers its inputs. */
function crossingEdges(
  edges: readonly ResolvedEdge[], vertices: readonly JobVertex[], places: ReadonlyMap<number, Place>,
): readonly { readonly jobEdge: JobEdge; readonly partitioner: Partitioner }[] {
  const crossing = edges
    .filter((edge) => !isInsideChain(edge, places))
    .map((edge, order) => ({ edge, order, source: places.get(edge.sourceId) as Place, target: places.get(edge.targetId) as Place }));
  crossing.sort(
    (a, b) =>
      a.target.chainIndex - b.target.chainIndex || a.edge.inputIndex - b.edge.inputIndex || a.source.chainIndex - b.source.chainIndex ||
      a.source.operatorIndex - b.source.operatorIndex || a.order - b.order,
  );
  return crossing.map(({ edge, source, target }, index) => ({
    partitioner: edge.partitioner,
    jobEdge: {
      index,
      sourceVertex: vertices[source.chainIndex].id,
      sourceOperatorIndex: source.operatorIndex,
      sideOutputId: edge.sideOutputId,
      targetVertex: vertices[target.chainIndex].id,
      inputIndex: edge.inputIndex,
      partitioner: edge.partitioner.kind,
      allToAll: isAllToAll(edge.partitioner.kind),
    },
  }));
}
