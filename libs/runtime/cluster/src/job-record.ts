/**
 * All that the leader knows of one job, put together from what its JobMasters tell, across restarts of the JobMaster. Pure; times are the leader's wall
 * clock. What clients see of a job comes from here, also after its end.
 *
 *  B1  histories are bounded, newest first: 20 exceptions, 10 checkpoints;
 *  B2  an ended job changes no more.
 */
import type { FailureInfo } from '@weir/base';
import type { CheckpointInfo, CheckpointsInfo, ExceptionEntry, JobDetails } from './cluster-gateway.js';
import type { JobClientMessage, JobReport } from './job-master.protocol.js';
import { isTerminal } from './job-state-machine.js';
import type { JobEvent, JobState, JobStatus } from './job-status.js';
import type { JobSubmission } from './job-submission.js';

const MAX_EXCEPTIONS = 20;
const MAX_CHECKPOINTS = 10;

export class JobRecord {
  private status: JobStatus;
  private report: JobReport | undefined;
  private jobMaster = '';
  private endedAtMs = 0;
  private readonly stateTimestamps: Partial<Record<JobState, number>> = {};
  private exceptions: ExceptionEntry[] = [];
  private checkpoints: CheckpointInfo[] = [];
  private counts = { completed: 0, failed: 0, restored: 0 };
  private restored: CheckpointsInfo['restored'];
  /** Restarts under earlier JobMasters. */
  private earlierRestarts = 0;

  constructor(private readonly submission: JobSubmission) {
    const { jobId, jobName, submittedAtMs } = submission;
    this.status = {
      jobId, jobName, state: 'created', startedAtMs: submittedAtMs, vertices: [], checkpoints: { completed: 0, failed: 0, inProgress: 0 }, restarts: 0,
    };
    this.stateTimestamps.created = submittedAtMs;
  }

  get state(): JobState {
    return this.status.state;
  }

  get ended(): boolean {
    return isTerminal(this.status.state);
  }

  jobMasterStarted(address: string): void {
    this.jobMaster = address;
  }

  /** The JobMaster is gone without a result, or could not begin; another one follows. */
  jobMasterLost(failure: FailureInfo, nowMs: number): void {
    if (this.ended) return; // B2
    this.jobMaster = '';
    this.earlierRestarts = this.status.restarts + 1;
    this.setStatus({ ...this.status, state: 'restarting', restarts: this.earlierRestarts, failure }, nowMs);
    this.addException({ failure, timestampMs: nowMs, taskName: '', node: '' });
    if (this.report !== undefined) this.report = { ...this.report, subtasks: [], missingSlots: 0, checkpointsInProgress: [] };
  }

  heard(message: JobClientMessage, nowMs: number): void {
    if (this.ended) return; // B2
    switch (message.type) {
      case 'job-accepted':
      case 'job-status':
        this.adopt(message.status, nowMs);
        return;
      case 'job-event':
        this.adopt(message.status, nowMs);
        this.event(message.event, message.status, message.origin, nowMs);
        return;
      case 'job-report':
        this.report = message.report;
        return;
      case 'job-ended':
        this.adopt({ ...message.result.status, state: this.status.state }, nowMs); // how it ended says its register
        return;
      default:
        return;
    }
  }

  /** The job has ended, as its register says. */
  end(state: 'finished' | 'failed' | 'canceled', failure: FailureInfo | undefined, nowMs: number): void {
    if (this.ended) return; // B2
    const { failure: earlier, ...status } = this.status;
    const why = state === 'failed' ? failure ?? earlier : undefined;
    this.endedAtMs = nowMs;
    this.setStatus({ ...status, state, ...(state === 'finished' ? { progress: 1 } : {}), ...(why === undefined ? {} : { failure: why }) }, nowMs);
    const told = this.exceptions.at(0)?.failure;
    if (why !== undefined && (told?.code !== why.code || told.message !== why.message)) this.addException({ failure: why, timestampMs: nowMs, taskName: '', node: '' });
    this.jobMaster = '';
    if (this.report !== undefined) this.report = { ...this.report, missingSlots: 0, checkpointsInProgress: [] };
  }

  details(): JobDetails {
    const { submission, report, counts } = this;
    const inProgress = report?.checkpointsInProgress ?? [];
    return {
      status: this.status,
      endedAtMs: this.endedAtMs,
      stateTimestamps: { ...this.stateTimestamps },
      maxParallelism: report?.maxParallelism ?? 0,
      plan: report?.plan ?? { name: this.status.jobName, nodes: [] },
      subtasks: report?.subtasks ?? [],
      exceptions: this.exceptions,
      checkpoints: {
        counts: { ...counts, inProgress: this.ended ? 0 : Math.max(inProgress.length, this.status.checkpoints.inProgress) },
        history: [...inProgress, ...this.checkpoints].slice(0, MAX_CHECKPOINTS),
        ...(this.restored === undefined ? {} : { restored: this.restored }),
      },
      configuration: report?.configuration ?? submission.configuration,
      parameters: submission.parameters,
      artifactHash: submission.artifactHash,
      jobMaster: this.jobMaster,
      missingSlots: report?.missingSlots ?? 0,
      sources: report?.sources ?? [],
    };
  }

  private adopt(status: JobStatus, nowMs: number): void {
    // A terminal state counts when the register has it.
    const state = isTerminal(status.state) ? this.status.state : status.state;
    this.setStatus({ ...status, state, startedAtMs: this.submission.submittedAtMs, restarts: this.earlierRestarts + status.restarts }, nowMs);
  }

  private setStatus(status: JobStatus, nowMs: number): void {
    this.status = status;
    this.stateTimestamps[status.state] ??= nowMs;
  }

  private event(event: JobEvent, status: JobStatus, origin: { readonly taskName: string; readonly node: string } | undefined, nowMs: number): void {
    const { taskName, node } = origin ?? { taskName: '', node: '' };
    switch (event.type) {
      case 'restarting':
        this.addException({ failure: event.failure, timestampMs: nowMs, taskName, node });
        return;
      case 'state':
        if (event.to === 'failing' && status.failure !== undefined) this.addException({ failure: status.failure, timestampMs: nowMs, taskName, node });
        return;
      case 'restored':
        if (event.checkpointId === undefined) return;
        this.counts = { ...this.counts, restored: this.counts.restored + 1 };
        this.restored = { checkpointId: event.checkpointId, path: event.path ?? '', timestampMs: nowMs };
        return;
      case 'checkpoint-completed': {
        const { checkpoint } = event;
        const pending = this.pendingCheckpoint(checkpoint.checkpointId);
        this.counts = { ...this.counts, completed: this.counts.completed + 1 };
        this.addCheckpoint({
          kind: 'checkpoint', acknowledgedSubtasks: 0, ...pending, ...checkpoint, status: 'completed', lastAckMs: checkpoint.triggeredAtMs + checkpoint.durationMs,
          subtasks: pending?.subtasks ?? 0, ...(pending === undefined ? {} : { acknowledgedSubtasks: pending.subtasks }),
        });
        return;
      }
      case 'checkpoint-failed': {
        const pending = this.pendingCheckpoint(event.checkpointId);
        const triggeredAtMs = pending?.triggeredAtMs ?? nowMs;
        this.counts = { ...this.counts, failed: this.counts.failed + 1 };
        this.addCheckpoint({
          kind: 'checkpoint', lastAckMs: 0, sizeBytes: 0, acknowledgedSubtasks: 0, subtasks: 0, ...pending, checkpointId: event.checkpointId, triggeredAtMs,
          status: 'failed', durationMs: nowMs - triggeredAtMs, failure: event.failure,
        });
        return;
      }
      default:
        return;
    }
  }

  private pendingCheckpoint(checkpointId: number): CheckpointInfo | undefined {
    return this.report?.checkpointsInProgress?.find((pending) => pending.checkpointId === checkpointId);
  }

  private addException(entry: ExceptionEntry): void {
    this.exceptions = [entry, ...this.exceptions].slice(0, MAX_EXCEPTIONS); // B1
  }

  private addCheckpoint(entry: CheckpointInfo): void {
    this.checkpoints = [entry, ...this.checkpoints].slice(0, MAX_CHECKPOINTS); // B1
    const { report } = this;
    const inProgress = report?.checkpointsInProgress;
    if (report !== undefined && inProgress !== undefined) {
      this.report = { ...report, checkpointsInProgress: inProgress.filter(({ checkpointId }) => checkpointId !== entry.checkpointId) };
    }
  }
}
