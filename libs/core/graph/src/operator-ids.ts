/**
 * Stable identities of operators. With a uid the id depends on the uid alone. Without, on the operator's place: its kind, its name, the ids
 * of what it reads, and its rank among operators of which all that is equal (after Flink's StreamGraphHasherV2, which counts all nodes
 * before it instead and so changes ids when an unrelated operator is added).
 */
import { assert, operatorId, type OperatorId } from '@weir/base';
import { murmur128HexOfText } from './hash128.js';
import type { StreamEdge, StreamNode } from './stream-graph.js';

/** The id of an operator with this uid. */
export function operatorIdOfUid(uid: string): OperatorId {
  return operatorId(murmur128HexOfText(`uid:${uid}`));
}

/** Ids by node id. `ordered` is in topological order. */
export function assignOperatorIds(ordered: readonly StreamNode[], edges: readonly StreamEdge[]): ReadonlyMap<number, OperatorId> {
  const ids = new Map<number, OperatorId>();
  const ranks = new Map<string, number>();
  const taken = new Set<OperatorId>();
  for (const node of ordered) {
    const id = node.uid === undefined ? idOfPlace(node, edges, ids, ranks) : operatorIdOfUid(node.uid);
    assert(!taken.has(id), `operator id ${id} of ${node.name} is taken`);
    taken.add(id);
    ids.set(node.id, id);
  }
  return ids;
}

function idOfPlace(
  node: StreamNode, edges: readonly StreamEdge[], ids: ReadonlyMap<number, OperatorId>, ranks: Map<string, number>,
): OperatorId {
  const inputs = edges
    .filter((edge) => edge.targetId === node.id)
    .map((edge) => [edge.inputIndex, ids.get(edge.sourceId), edge.sideOutputId ?? null]);
  const place = JSON.stringify([node.spec.kind, node.name, inputs]);
  const rank = ranks.get(place) ?? 0;
  ranks.set(place, rank + 1);
  return operatorId(murmur128HexOfText(`place:${rank}:${place}`));
}
