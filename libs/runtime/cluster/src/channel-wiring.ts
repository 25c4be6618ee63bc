/**
 * Channels between subtasks: who is connected, and the subjects that both ends compute alike. Subjects begin with the node that they lead to: data with
 * the consumer's, credit with the producer's; and they name epoch and both attempts, so that a dead attempt cannot even be addressed (D1).
 */
import { nodeOf, subjectOfAddress } from '@weir/actor';
import { assert, type ExecutionAttemptId, type JobId } from '@weir/base';
import { consumerSubtasks, type JobGraph, type JobVertex, producerSubtasks, type SubtaskRange } from '@weir/graph';
import type { ChannelDescriptor, InputGateDescriptor, ResultPartitionDescriptor } from '@weir/task';
import type { Execution, ExecutionGraph } from './execution-graph.js';

/** One end of a channel: an attempt and the slot that it runs in. */
export type ChannelEnd = Pick<Execution, 'attempt' | 'slot'>;

export function channelDescriptor(jobId: JobId, edge: number, { attempt: from, slot: fromSlot }: ChannelEnd, { attempt: to, slot: toSlot }: ChannelEnd): ChannelDescriptor {
  const channel = `${jobId}.${from.epoch}.${edge}.${from.subtaskIndex}-${from.attempt}.${to.subtaskIndex}-${to.attempt}`;
  return {
    fromSubtask: from.subtaskIndex, toSubtask: to.subtaskIndex,
    dataSubject: `${subjectOfAddress(nodeOf(toSlot))}.data.${channel}`, creditSubject: `${subjectOfAddress(nodeOf(fromSlot))}.credit.${channel}`,
  };
}

/** Ends of all channels of one attempt. Both sides of each channel must have their current execution. */
export function wireTask(
  jobId: JobId, executions: ExecutionGraph, attempt: ExecutionAttemptId,
): { readonly inputs: readonly InputGateDescriptor[]; readonly outputs: readonly ResultPartitionDescriptor[] } {
  const { graph } = executions;
  const self = vertexOf(graph, attempt.vertexId);
  const own = executions.current(attempt);
  assert(own !== undefined, `attempt ${attempt.attempt} of ${self.name} is not the current one`);
  const endsOf = (vertex: JobVertex, { first, last }: SubtaskRange): ChannelEnd[] =>
    executions.subtasks(vertex.id).slice(first, last + 1).map(({ current, subtaskIndex }) => {
      assert(current !== undefined, `subtask ${subtaskIndex} of ${vertex.name} has no attempt to be connected to`);
      return current;
    });
  const inputs = graph.edges.filter((edge) => edge.targetVertex === self.id).map((edge): InputGateDescriptor => {
    const source = vertexOf(graph, edge.sourceVertex);
    const producers = producerSubtasks(edge.partitioner, attempt.subtaskIndex, source.parallelism, self.parallelism);
    return {
      edgeIndex: edge.index,
      inputIndex: edge.inputIndex,
      channels: endsOf(source, producers).map((from) => channelDescriptor(jobId, edge.index, from, own)),
    };
  });
  const outputs = graph.edges.filter((edge) => edge.sourceVertex === self.id).map((edge): ResultPartitionDescriptor => {
    const target = vertexOf(graph, edge.targetVertex);
    const consumers = consumerSubtasks(edge.partitioner, attempt.subtaskIndex, self.parallelism, target.parallelism);
    return {
      edgeIndex: edge.index,
      consumerParallelism: target.parallelism,
      consumerMaxParallelism: target.maxParallelism,
      channels: endsOf(target, consumers).map((to) => channelDescriptor(jobId, edge.index, own, to)),
    };
  });
  return { inputs, outputs };
}

function vertexOf(graph: JobGraph, id: JobVertex['id']): JobVertex {
  return graph.vertices.find((vertex) => vertex.id === id) as JobVertex;
}
