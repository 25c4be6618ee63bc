/**
 * Checkpoints and savepoints as they pass the JobMaster: tasks and sources answer the checkpoint coordinator through it, and it tells tasks, client and
 * scheduler what came of them. What is decided is decided by the coordinator.
 *
 *  Q1  a stop with a savepoint is complete when the job has ended behind it: should this JobMaster be lost before, its
 *      successor runs the job on.
 */
import { assertNever, failureInfo } from '@weir/base';
import { checkpointOptions, type CompletedCheckpoint, SavepointDirectoryMissingError } from '@weir/checkpoint';
import { StopFailedError } from './errors.js';
import type { JobCoordinators } from './job-coordinators.js';
import type { JobMasterInput } from './job-master.protocol.js';
import type { OpenedJob } from './job-opening.js';
import type { JobReporter } from './job-reporter.js';
import type { SchedulerEvent } from './job-scheduler.events.js';
import type { JobResult } from './job-status.js';
import type { JobTasks } from './job-tasks.js';
import type { RestartStrategy } from './restart-strategy.js';

export interface JobCheckpointsOptions {
  readonly job: OpenedJob;
  readonly coordinator: JobCoordinators['checkpoints'];
  readonly tasks: JobTasks;
  readonly reporter: JobReporter;
  readonly restartStrategy: RestartStrategy;
  readonly schedule: (event: SchedulerEvent) => void;
}

/** What of the JobMaster's messages is about checkpoints. */
export type CheckpointInput = Extract<JobMasterInput, { readonly type:
  | 'acknowledge-checkpoint' | 'decline-checkpoint' | 'snapshot-format-set' | 'coordinator-snapshotted' | 'coordinator-declined'
  | 'restore-found' | 'checkpoint-completed' | 'checkpoint-failed' | 'checkpoint-statistics' | 'checkpoints-fail-job' | 'checkpoints-deposed'
  | 'set-snapshot-format' | 'release-tasks' | 'take-savepoint' | 'savepoint-completed' | 'savepoint-failed' }>;

export class JobCheckpoints {
  private lastRestorePoint: CompletedCheckpoint | undefined;
  /** A savepoint that is there, of a job that has not ended behind it yet. */
  private stopping: { readonly triggerId: string; readonly path: string; readonly then: 'suspend' | 'drain' | 'cancel' } | undefined;

  constructor(private readonly options: JobCheckpointsOptions) {}

  /** What the coordinator named last. */
  get restorePoint(): CompletedCheckpoint | undefined {
    return this.lastRestorePoint;
  }

  receive(message: CheckpointInput): void {
    const { coordinator, tasks, reporter, restartStrategy, schedule } = this.options;
    switch (message.type) {
      case 'acknowledge-checkpoint': {
        const { checkpointId, attempt, snapshot, metrics } = message;
        coordinator.tell({ type: 'acknowledge', checkpointId, attempt, snapshot, sizeBytes: metrics.sizeBytes });
        return;
      }
      case 'decline-checkpoint':
        coordinator.tell({ type: 'decline', checkpointId: message.checkpointId, attempt: message.attempt, failure: message.failure });
        return;
      case 'snapshot-format-set':
      case 'coordinator-snapshotted':
      case 'coordinator-declined':
        coordinator.tell(message);
        return;
      case 'set-snapshot-format':
        tasks.notify({ type: 'snapshot-format', format: message.format });
        return;
      case 'restore-found':
        this.lastRestorePoint = message.checkpoint;
        schedule({ type: 'restore-ready', group: message.group, checkpointId: message.checkpoint?.metadata.checkpointId });
        return;
      case 'checkpoint-completed': {
        const { summary, stop } = message;
        const started = ({ state }: { readonly state: string }): boolean => state !== 'deploying' && state !== 'deployed';
        tasks.notify({ type: 'checkpoint-complete', checkpointId: summary.checkpointId, isFinal: summary.isFinal, stop }, started);
        restartStrategy.onProgress?.();
        if (!message.repeated) reporter.checkpointCompleted(summary);
        return;
      }
      case 'checkpoint-failed':
        tasks.notify({ type: 'checkpoint-aborted', checkpointId: message.checkpointId });
        reporter.emit({ type: 'checkpoint-failed', checkpointId: message.checkpointId, failure: message.failure });
        return;
      case 'checkpoint-statistics':
        reporter.checkpointsChanged(message.statistics);
        return;
      case 'checkpoints-fail-job':
        schedule({ type: 'job-failure', failure: message.failure });
        return;
      case 'checkpoints-deposed':
        schedule({ type: 'deposed', failure: message.failure });
        return;
      case 'release-tasks':
        // No checkpoint will follow, and no sink waits for one: what is to be covered is covered.
        tasks.notify({ type: 'checkpoint-complete', checkpointId: Number.MAX_SAFE_INTEGER, isFinal: true, stop: false });
        return;
      case 'take-savepoint':
        this.takeSavepoint(message);
        return;
      case 'savepoint-completed': {
        const { triggerId, path, then } = message;
        if (then === 'none') reporter.tell({ type: 'savepoint-completed', triggerId, path });
        else this.stopping = { triggerId, path, then }; // Q1
        if (then === 'cancel') schedule({ type: 'cancel' });
        return;
      }
      case 'savepoint-failed':
        reporter.tell({ type: 'savepoint-failed', triggerId: message.triggerId, failure: message.failure });
        return;
      default:
        assertNever(message, 'message about checkpoints');
    }
  }

  /** Q1. The answer to a stop that was waiting for this. */
  jobEnded(state: JobResult['state']): void {
    const { stopping } = this;
    if (stopping === undefined) return;
    this.stopping = undefined;
    const { triggerId, path, then } = stopping;
    const stopped = state === 'finished' || (state === 'canceled' && then === 'cancel');
    if (stopped) this.options.reporter.tell({ type: 'savepoint-completed', triggerId, path });
    else this.options.reporter.tell({ type: 'savepoint-failed', triggerId, failure: failureInfo(new StopFailedError(path)) });
  }

  private takeSavepoint({ triggerId, targetDirectory, then }: Extract<CheckpointInput, { type: 'take-savepoint' }>): void {
    const { job, coordinator, reporter } = this.options;
    const directory = targetDirectory ?? job.configuration.get(checkpointOptions.savepointDirectory);
    if (directory === '') reporter.tell({ type: 'savepoint-failed', triggerId, failure: failureInfo(new SavepointDirectoryMissingError()) });
    else coordinator.tell({ type: 'take-savepoint', triggerId, targetDirectory: directory, then });
  }
}
