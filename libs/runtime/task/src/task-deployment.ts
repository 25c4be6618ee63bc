/** What a TaskExecutor needs to create a task. Plain data; the operators' functions come from the job's program by OperatorId. */
import type { ExecutionAttemptId, JobId } from '@weir/base';
import type { RestoredSubtaskState } from '@weir/checkpoint';
import type { JobGraph } from '@weir/graph';

/** One channel end as seen by a task. Subjects hold both attempts, so that dead ones cannot even be addressed (D1). */
export interface ChannelDescriptor {
  readonly fromSubtask: number;
  readonly toSubtask: number;
  /** Frames flow here, producer to consumer. */
  readonly dataSubject: string;
  /** Credit flows here, consumer to producer. */
  readonly creditSubject: string;
}
export interface InputGateDescriptor {
  readonly edgeIndex: number;
  /** Input of the head operator. */
  readonly inputIndex: number;
  readonly channels: readonly ChannelDescriptor[];
}
export interface ResultPartitionDescriptor {
  readonly edgeIndex: number;
  /** Number of consumer subtasks of the whole edge; the channels are those this subtask feeds, by ascending consumer. */
  readonly consumerParallelism: number;
  readonly consumerMaxParallelism: number;
  readonly channels: readonly ChannelDescriptor[];
}

export interface TaskDeployment {
  readonly jobId: JobId;
  readonly attempt: ExecutionAttemptId;
  readonly graph: JobGraph;
  readonly inputs: readonly InputGateDescriptor[];
  readonly outputs: readonly ResultPartitionDescriptor[];
  readonly restored: RestoredSubtaskState | undefined;
  /** Address of the actor that takes TaskReports. */
  readonly jobMaster: string;
  /** Address of the actor that takes ReaderReports; for source vertices. */
  readonly sourceCoordinator: string | undefined;
  /** Runtime options as text values. */
  readonly configuration: Readonly<Record<string, string>>;
}
