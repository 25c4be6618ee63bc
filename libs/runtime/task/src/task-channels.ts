/** Builds the channels of a task: its input gate and its outgoing edges, subscribed and waiting. */
import type { Configuration } from '@weir/base';
import type { JobVertex } from '@weir/graph';
import { ChannelStateWriter } from './channels/channel-state.js';
import { framesInFlight } from './channels/frames-in-flight.js';
import { mayBeOvertaken } from './channels/in-flight-bytes.js';
import { InputGate } from './channels/input-gate.js';
import type { PartitionEncoderOptions } from './channels/partition-encoder.js';
import { ResultPartition } from './channels/result-partition.js';
import { TaskOutputs } from './channels/task-outputs.js';
import type { RecordContext } from './operators/operator.js';
import type { TaskDependencies } from './task-dependencies.js';
import { taskOptions } from './task-options.js';

export interface ChannelEvents {
  /** A frame or a credit came. */
  readonly wake: () => void;
  readonly fail: (error: Error) => void;
}

export class TaskChannels {
  constructor(
    private readonly dependencies: TaskDependencies, private readonly vertex: JobVertex, private readonly configuration: Configuration,
    private readonly record: RecordContext,
  ) {}

  openGate({ wake, fail }: ChannelEvents): InputGate {
    const { deployment, data, dataByReference } = this.dependencies;
    return new InputGate(deployment.inputs, data, this.framesInFlight(), wake, fail, !dataByReference);
  }

  openOutputs({ wake }: ChannelEvents): TaskOutputs {
    const { deployment, data, dataByReference, job, random } = this.dependencies;
    const bufferTimeoutMs = this.configuration.get(taskOptions.bufferTimeout);
    return new TaskOutputs(deployment.outputs.map((descriptor) => new ResultPartition(descriptor, job.partitioners[descriptor.edgeIndex], this.record, {
      frameRecords: bufferTimeoutMs === 0 ? 1 : this.configuration.get(taskOptions.frameRecords),
      label: `${this.vertex.name}-edge-${descriptor.edgeIndex}`, random: random.stream(`edge-${descriptor.edgeIndex}`), connection: data, onWritable: wake,
      encoding: dataByReference ? undefined : this.encodingOf(descriptor.edgeIndex),
      stateWriter: mayBeOvertaken(deployment.graph, descriptor.edgeIndex) ? () => this.stateWriter(descriptor.edgeIndex) : undefined,
    })), bufferTimeoutMs);
  }

  /** For one channel of an edge that begins or ends here; `type`: what its decoder knows. */
  stateWriter(edgeIndex: number, type?: Uint8Array, taken = 0): ChannelStateWriter {
    return new ChannelStateWriter({ ...this.encodingOf(edgeIndex), onFirstFallback: () => undefined }, type, taken);
  }
  /** For what is being replayed. */
  replayWriter(): ChannelStateWriter {
    return new ChannelStateWriter({ operatorName: `in front of ${this.vertex.name}`, type: undefined, onFirstFallback: () => undefined });
  }

  private encodingOf(edgeIndex: number): PartitionEncoderOptions {
    const { deployment, job, logger } = this.dependencies;
    const { sourceVertex, sourceOperatorIndex, sideOutputId } = deployment.graph.edges[edgeIndex];
    const source = deployment.graph.vertices.find(({ id }) => id === sourceVertex) as JobVertex;
    const { name, operatorId } = source.operators[sourceOperatorIndex];
    return {
      operatorName: name, frameBytes: this.configuration.get(taskOptions.frameBytes),
      type: sideOutputId === undefined ? job.nodes.get(operatorId)?.outputType : undefined,
      onFirstFallback: (reason) => logger.log('warn', 'records of another shape are sent in the slow self-describing encoding; declare their type with returns()', { operator: name, reason }),
    };
  }

  /** A slot runs at most one subtask of each vertex, and they share one connection. */
  private framesInFlight(): number {
    const { deployment, dataByReference } = this.dependencies;
    if (dataByReference) return this.configuration.get(taskOptions.framesInFlight);
    const receivingTasks = deployment.graph.vertices.filter((vertex) => vertex.inputCount > 0).length;
    const channels = deployment.inputs.reduce((sum, gate) => sum + gate.channels.length, 0);
    return framesInFlight({
      channels, tasks: receivingTasks, frameBytes: this.configuration.get(taskOptions.frameBytes),
      bytesPerChannel: this.configuration.get(taskOptions.bytesPerChannel), bytesInFlight: this.configuration.get(taskOptions.bytesInFlight),
    });
  }
}
