/** Names what a barrier overtook at a task: in its input channels, in its outputs, and of what it was replaying. */
import type { InFlightBytes, InFlightChannel } from '@weir/checkpoint';
import type { JobGraph, JobVertex } from '@weir/graph';
import type { InputCut } from './input-cut.js';
import type { OutputCut } from './output-barrier.js';
import type { ReplayState } from './replay.js';

/** By edge: a barrier stays in line where order or equality would not survive another parallelism. */
export function mayBeOvertaken({ edges }: JobGraph, edgeIndex: number): boolean {
  const { partitioner } = edges[edgeIndex];
  return partitioner !== 'forward' && partitioner !== 'broadcast';
}

export interface OvertakenFrames {
  readonly inputs: InputCut;
  readonly outputs: OutputCut;
  readonly replay: readonly ReplayState[];
}

/** Throws `WEIR_RECORD_NOT_SERIALIZABLE`. */
export function inFlightBytes(graph: JobGraph, { inputs, outputs, replay }: OvertakenFrames): InFlightBytes[] {
  return [
    ...replay.map(({ as, state }) => ({ ...as, bytes: state.finish() })),
    ...inputs.captured.map(({ channel: { edgeIndex, descriptor: { fromSubtask, toSubtask } }, state }) => ({ ...channelOf(graph, edgeIndex, fromSubtask, toSubtask), bytes: state.finish() })),
    ...outputs.passed.map(({ edgeIndex, fromSubtask, toSubtask, state }) => ({ ...channelOf(graph, edgeIndex, fromSubtask, toSubtask), bytes: state.finish() })),
  ];
}

function channelOf(graph: JobGraph, edgeIndex: number, fromSubtask: number, toSubtask: number): InFlightChannel {
  const { targetVertex, inputIndex, partitioner } = graph.edges[edgeIndex];
  const { operators, parallelism } = graph.vertices.find(({ id }) => id === targetVertex) as JobVertex;
  return { operatorId: operators[0].operatorId, inputIndex, channel: `${edgeIndex}:${fromSubtask}>${toSubtask}`, toSubtask, parallelism, keyed: partitioner === 'hash' };
}
