/** What a JobMaster tells its client of the job: each event at once, status and report a little after they have changed. */
import { type ActorAddress, type ActorContext, nodeOf } from '@weir/actor';
import type { ExecutionAttemptId, FailureInfo, JobId, OperatorId } from '@weir/base';
import type { CheckpointStatistics, CompletedCheckpointSummary } from '@weir/checkpoint';
import { describePlan } from '@weir/graph';
import type { Execution } from './execution-graph.js';
import type { JobClientMessage, JobMasterInput } from './job-master.protocol.js';
import type { OpenedJob } from './job-opening.js';
import type { JobScheduler } from './job-scheduler.js';
import type { JobSlots } from './job-slots.js';
import type { CheckpointSummary, JobEvent, JobResult, JobStatus } from './job-status.js';
import type { JobStatusBoard } from './job-status-board.js';

const STATUS_PUSH_MS = 100;
const REPORT_PUSH_MS = 1000;

export interface JobReporterOptions {
  readonly jobId: JobId;
  readonly client: ActorAddress;
  readonly job: OpenedJob;
  readonly board: JobStatusBoard;
  readonly scheduler: JobScheduler;
  readonly slots: JobSlots<JobMasterInput>;
  readonly sources: readonly OperatorId[];
  readonly begin: { readonly wallMs: number; readonly monotonicMs: number };
}

/** A message to the client before it names the job. */
type Unnamed<M> = M extends unknown ? Omit<M, 'jobId'> : never;

export class JobReporter {
  private checkpoints: CheckpointStatistics | undefined;
  private failure: FailureInfo | undefined;

  constructor(private readonly options: JobReporterOptions, private readonly context: ActorContext<JobMasterInput>) {}

  tell(message: Unnamed<JobClientMessage>): void {
    this.context.refFor<JobClientMessage>(this.options.client).tell({ jobId: this.options.jobId, ...message } as JobClientMessage);
  }

  accepted(): void {
    this.tell({ type: 'job-accepted', status: this.status() });
  }

  /** `from`: the task that the event's failure came from. */
  emit(event: JobEvent, from?: Execution): void {
    const origin = from === undefined ? {} : { origin: { taskName: this.taskName(from.attempt), node: nodeOf(from.slot) } };
    this.tell({ type: 'job-event', event, status: this.status(), ...origin });
  }

  /** Its failure is in every status from now on. */
  restarting(event: Extract<JobEvent, { type: 'restarting' }>, origin: Execution | undefined): void {
    this.failure = event.failure;
    this.emit(event, origin);
  }

  checkpointCompleted(summary: CompletedCheckpointSummary): void {
    this.emit({ type: 'checkpoint-completed', checkpoint: summaryOf(summary) });
  }

  checkpointsChanged(statistics: CheckpointStatistics): void {
    this.checkpoints = statistics;
    this.pushStatusSoon();
  }

  pushStatusSoon(): void {
    if (!this.context.timers.isPending('push-status')) this.context.timers.setTimer('push-status', STATUS_PUSH_MS, { type: 'push-status' });
  }

  pushStatus(): void {
    this.tell({ type: 'job-status', status: this.status() });
  }

  pushReportSoon(): void {
    if (!this.context.timers.isPending('push-report')) this.context.timers.setTimer('push-report', REPORT_PUSH_MS, { type: 'push-report' });
  }

  pushReport(): void {
    const { job, board, sources, slots } = this.options;
    this.tell({
      type: 'job-report',
      report: {
        plan: describePlan({ ...job.compiled, graph: job.graph }), subtasks: board.subtasks(), configuration: job.configuration.toRecord(),
        maxParallelism: Math.max(...job.graph.vertices.map(({ maxParallelism }) => maxParallelism)), missingSlots: slots.missing, sources,
      },
    });
  }

  /** The last words. */
  ended(state: JobResult['state'], failure: FailureInfo | undefined): void {
    this.failure = failure;
    const durationMs = this.context.clock.monotonic() - this.options.begin.monotonicMs;
    this.pushReport();
    const result: JobResult = { jobId: this.options.jobId, state, status: this.status(), durationMs, ...(failure === undefined ? {} : { failure }) };
    this.tell({ type: 'job-ended', result });
  }

  private status(): JobStatus {
    const { jobId, job, board, scheduler, slots, begin } = this.options;
    const { checkpoints } = this;
    return board.status({
      jobId,
      jobName: job.graph.jobName,
      state: scheduler.state,
      startedAtMs: begin.wallMs,
      restarts: scheduler.restarts,
      checkpoints: {
        completed: checkpoints?.completed ?? 0, failed: checkpoints?.failed ?? 0, inProgress: checkpoints?.inProgress ?? 0,
        ...(checkpoints?.last === undefined ? {} : { last: summaryOf(checkpoints.last) }),
      },
      failure: this.failure,
      missingSlots: slots.missing,
    });
  }

  /** As Flink writes it: `map (2/4)`. */
  private taskName({ vertexId, subtaskIndex }: ExecutionAttemptId): string {
    const vertex = this.options.job.graph.vertices.find(({ id }) => id === vertexId);
    return `${vertex?.name ?? vertexId} (${subtaskIndex + 1}/${vertex?.parallelism ?? 0})`;
  }
}

function summaryOf({ checkpointId, triggeredAtMs, durationMs, sizeBytes, path }: CompletedCheckpointSummary): CheckpointSummary {
  return { checkpointId, triggeredAtMs, durationMs, sizeBytes, path };
}
