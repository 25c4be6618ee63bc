/** Refuses stream graphs that cannot run, and brings the others into topological order. */
import { keyedInputs, inputCountOf } from './operator-inputs.js';
import { DuplicateUidError, InvalidGraphError } from './errors.js';
import type { StreamEdge, StreamGraph, StreamNode } from './stream-graph.js';

/**
 * The nodes in topological order; among those that are ready, the one made first. Throws `WEIR_GRAPH_INVALID` and `WEIR_UID_DUPLICATE`.
 */
export function validateStreamGraph(graph: StreamGraph): readonly StreamNode[] {
  if (graph.nodes.length === 0) throw new InvalidGraphError(
    `job ${graph.jobName} has no operators`, 'Begin with a source and end with a sink.',
  );
  const nodes = nodesById(graph);
  checkUids(graph.nodes);
  for (const edge of graph.edges) checkEdge(edge, nodes);
  for (const node of graph.nodes) checkInputs(node, graph.edges);
  if (!graph.nodes.some((node) => node.spec.kind === 'source')) {
    throw new InvalidGraphError(`job ${graph.jobName} has no source`, 'Begin with env.fromSource or one of its relatives.');
  }
  return topologicalOrder(graph);
}

function nodesById(graph: StreamGraph): ReadonlyMap<number, StreamNode> {
  const nodes = new Map<number, StreamNode>();
  for (const node of graph.nodes) {
    if (nodes.has(node.id)) throw new InvalidGraphError(
      `two operators have the id ${node.id}`, 'Number the nodes of a stream graph uniquely.',
    );
    nodes.set(node.id, node);
  }
  return nodes;
}

function checkUids(nodes: readonly StreamNode[]): void {
  const names = new Map<string, string>();
  for (const { uid, name } of nodes) {
    if (uid === undefined) continue;
    const earlier = names.get(uid);
    if (earlier !== undefined) throw new DuplicateUidError(uid, [earlier, name]);
    names.set(uid, name);
  }
}

function checkEdge(edge: StreamEdge, nodes: ReadonlyMap<number, StreamNode>): void {
  for (const id of [edge.sourceId, edge.targetId]) {
    if (!nodes.has(id)) throw new InvalidGraphError(
      `edge ${edge.sourceId} -> ${edge.targetId} names the unknown operator ${id}`, 'Connect operators of the same graph.',
    );
  }
  const source = nodes.get(edge.sourceId) as StreamNode;
  const target = nodes.get(edge.targetId) as StreamNode;
  if (edge.inputIndex < 0 || edge.inputIndex >= inputCountOf(target.spec)) {
    throw new InvalidGraphError(
      `${target.name} has no input ${edge.inputIndex}`, 'Sources take no input, two-input operators take two, all others one.',
    );
  }
  if (source.spec.kind === 'sink') throw new InvalidGraphError(
    `${target.name} reads from the sink ${source.name}`, 'Nothing follows a sink.',
  );
}

function checkInputs(node: StreamNode, edges: readonly StreamEdge[]): void {
  for (let input = 0; input < inputCountOf(node.spec); input++) {
    if (!edges.some((edge) => edge.targetId === node.id && edge.inputIndex === input)) {
      throw new InvalidGraphError(`input ${input} of ${node.name} is not connected`, 'Connect every input of the operator to a stream.');
    }
  }
  for (let input = 0; input < keyedInputs(node.spec); input++) {
    if (node.keySelectors[input] === undefined) {
      throw new InvalidGraphError(`input ${input} of the keyed operator ${node.name} has no key`, 'Put keyBy in front of it.');
    }
  }
}

/** Kahn's algorithm. */
function topologicalOrder(graph: StreamGraph): readonly StreamNode[] {
  const missing = new Map(graph.nodes.map((node) => [node.id, 0]));
  for (const edge of graph.edges) missing.set(edge.targetId, (missing.get(edge.targetId) as number) + 1);
  const waiting = [...graph.nodes].sort((a, b) => a.id - b.id);
  const ordered: StreamNode[] = [];
  while (waiting.length > 0) {
    const place = waiting.findIndex((node) => missing.get(node.id) === 0);
    if (place === -1) {
      throw new InvalidGraphError(
        `the graph has a cycle through ${waiting.map((node) => node.name).join(', ')}`,
        'A dataflow goes from sources to sinks without loops.',
      );
    }
    const [node] = waiting.splice(place, 1);
    ordered.push(node);
    for (const edge of graph.edges) if (edge.sourceId === node.id) missing.set(edge.targetId, (missing.get(edge.targetId) as number) - 1);
  }
  return ordered;
}
