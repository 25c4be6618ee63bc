/**
 * I5, asserted for every checkpoint in production: the snapshot is a consistent cut (Chandy-Lamport 1985). For each channel of the graph the
 * sender snapshotted behind, and the receiver before, one and the same barrier frame; and no channel is left out at either end.
 */
import { assert } from '@weir/base';
import type { JobEdge, JobGraph } from '@weir/graph';
import type { ChannelPosition, SubtaskSnapshot } from './snapshot.js';
import { subtaskKey } from './subtask-key.js';

/**
 * Throws AssertionFailedError for the first violation. Channels of which an end is in `carriedOver` had ended before the barrier and are
 * left out.
 */
export function assertConsistentCut(graph: JobGraph, snapshots: ReadonlyMap<string, SubtaskSnapshot>, carriedOver: ReadonlySet<string>): void {
  const vertices = new Map(graph.vertices.map((vertex) => [vertex.id, vertex]));
  for (const vertex of graph.vertices) {
    for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
      const key = subtaskKey(vertex.id, subtask);
      assert(snapshots.has(key), `snapshot of ${key} is missing`);
    }
  }
  const sent = positionsByChannel(graph, snapshots, carriedOver, 'outputs');
  const received = positionsByChannel(graph, snapshots, carriedOver, 'inputs');
  for (const [channel, sequence] of sent) {
    assert(received.has(channel), `channel ${channel} ended its snapshot at barrier ${sequence} at the sender and is unknown to the receiver`);
    assert(received.get(channel) === sequence, `channel ${channel} was cut at barrier ${sequence} by the sender, at ${received.get(channel)} by the receiver`);
  }
  for (const channel of received.keys()) assert(sent.has(channel), `channel ${channel} is unknown to its sender`);
  for (const edge of graph.edges) {
    const producers = vertices.get(edge.sourceVertex);
    const consumers = vertices.get(edge.targetVertex);
    assert(producers !== undefined && consumers !== undefined, `edge ${edge.index} joins vertices that the graph does not have`);
    assertChannelsPresent(edge, producers.parallelism, consumers.parallelism, sent, carriedOver);
  }
}

function positionsByChannel(
  graph: JobGraph, snapshots: ReadonlyMap<string, SubtaskSnapshot>, carriedOver: ReadonlySet<string>, end: 'inputs' | 'outputs',
): Map<string, number> {
  const positions = new Map<string, number>();
  for (const [key, snapshot] of snapshots) {
    if (carriedOver.has(key)) continue;
    for (const position of snapshot[end]) {
      const edge = graph.edges[position.edgeIndex];
      const owner = end === 'inputs' ? edge?.targetVertex : edge?.sourceVertex;
      const subtask = end === 'inputs' ? position.toSubtask : position.fromSubtask;
      assert(owner === snapshot.vertexId && subtask === snapshot.subtaskIndex, `${key} reports channel ${channelName(position)}, which is not its own`);
      const [producer, consumer] = endKeys(edge, position.fromSubtask, position.toSubtask);
      if (carriedOver.has(producer) || carriedOver.has(consumer)) continue;
      assert(!positions.has(channelName(position)), `${key} reports channel ${channelName(position)} twice`);
      positions.set(channelName(position), position.barrierSeq);
    }
  }
  return positions;
}

/** Every pair of an all-to-all edge, the equal pairs of a forward one, and at least one channel per subtask of the others. */
function assertChannelsPresent(edge: JobEdge, producers: number, consumers: number, channels: ReadonlyMap<string, number>, carriedOver: ReadonlySet<string>): void {
  const connectedProducers = new Set<number>();
  const connectedConsumers = new Set<number>();
  for (let fromSubtask = 0; fromSubtask < producers; fromSubtask++) {
    for (let toSubtask = 0; toSubtask < consumers; toSubtask++) {
      const name = channelName({ edgeIndex: edge.index, fromSubtask, toSubtask });
      const ended = endKeys(edge, fromSubtask, toSubtask).some((key) => carriedOver.has(key));
      const required = edge.allToAll || (edge.partitioner === 'forward' && fromSubtask === toSubtask);
      assert(!required || ended || channels.has(name), `channel ${name} is missing from the snapshots`);
      if (!ended && !channels.has(name)) continue;
      connectedProducers.add(fromSubtask);
      connectedConsumers.add(toSubtask);
    }
  }
  assert(connectedProducers.size === producers, `edge ${edge.index} has snapshots of ${connectedProducers.size} connected producers, not of ${producers}`);
  assert(connectedConsumers.size === consumers, `edge ${edge.index} has snapshots of ${connectedConsumers.size} connected consumers, not of ${consumers}`);
}

function channelName(position: Pick<ChannelPosition, 'edgeIndex' | 'fromSubtask' | 'toSubtask'>): string {
  return `${position.edgeIndex}:${position.fromSubtask}->${position.toSubtask}`;
}
function endKeys(edge: JobEdge, fromSubtask: number, toSubtask: number): [string, string] {
  return [subtaskKey(edge.sourceVertex, fromSubtask), subtaskKey(edge.targetVertex, toSubtask)];
}
