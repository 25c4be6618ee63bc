/**
 * How jobs end: one that has no JobMaster, and is to have none, is closed by the Dispatcher in its register; of each the outcome is kept and told to those
 * who wait. Part of {@link JobRuns}: it runs in the Dispatcher's turns.
 *
 *  V2  a job has ended when its register says so, and never because a JobMaster or a message says so;
 *  V3  no job is closed without a lease that is past all doubt.
 */
import type { ActorContext } from '@weir/actor';
import { type FailureInfo, failureInfo, type JobId, RemoteFailureError, toError } from '@weir/base';
import type { HighAvailability, JobRegister } from '@weir/ports';
import type { DispatcherInput, JobRunTurn } from './dispatcher.protocol.js';
import { closeJob, isTerminalRegister } from './job-closing.js';
import type { JobRun } from './job-run.js';
import type { JobOutcome, JobStore } from './job-store.js';

export interface JobEndingsOptions {
  readonly store: JobStore;
  readonly highAvailability: (jobId: JobId) => HighAvailability;
  readonly mayAct: () => boolean;
  /** Its outcome is known, and nobody but the store has it yet. */
  readonly ended: (job: JobRun, outcome: JobOutcome) => void;
}

const RETRY_MS = 1000;
const DOUBT_RETRY_MS = 250;

export class JobEndings {
  private suspended = false;

  constructor(private readonly options: JobEndingsOptions, private readonly context: ActorContext<DispatcherInput>) {}

  /** Nothing is closed from now on. */
  suspend(): void {
    this.suspended = true;
  }

  /** `rejected`: why it never ran. */
  beginClosing(job: JobRun, status: 'failed' | 'canceled', rejected?: FailureInfo): void {
    this.context.timers.cancelTimer(`start ${job.submission.jobId}`);
    job.phase = 'closing';
    job.closing = { status, rejected };
    this.close(job);
  }

  close(job: JobRun | undefined): void {
    if (job?.phase !== 'closing' || this.suspended) return;
    const { jobId } = job.submission;
    if (!this.options.mayAct()) { // V3
      this.context.timers.setTimer(`close ${jobId}`, DOUBT_RETRY_MS, { type: 'close-due', jobId });
      return;
    }
    this.context.pipe<JobRunTurn>(
      closeJob(this.options.highAvailability(jobId), jobId, job.closing.status).then((register) => ({ type: 'job-closed', jobId, register })),
      (message) => message,
      (error) => ({ type: 'job-not-closed', jobId, failure: failureInfo(error) }),
    );
  }

  closed(job: JobRun | undefined, register: JobRegister): void {
    if (job?.phase !== 'closing' || !isTerminalRegister(register)) return;
    this.end(job, register.status, job.closing.rejected, job.closing.rejected);
  }

  notClosed(job: JobRun | undefined, failure: FailureInfo): void {
    if (job?.phase !== 'closing') return;
    const { jobId } = job.submission;
    this.context.logger.log('warn', 'a job cannot be closed', { jobId, code: failure.code, error: failure.message });
    this.context.timers.setTimer(`close ${jobId}`, RETRY_MS, { type: 'close-due', jobId });
  }

  /** V2: its register says so. Those who wait hear of it when the outcome is kept, or cannot be. */
  end(job: JobRun, status: 'finished' | 'failed' | 'canceled', failure: FailureInfo | undefined, rejected?: FailureInfo): void {
    const { jobId } = job.submission;
    job.record.end(status, failure, this.context.clock.now());
    const outcome: JobOutcome = { details: job.record.details(), ...(rejected === undefined ? {} : { rejected }) };
    const waiters = job.waiters.splice(0);
    const answer = (): void => {
      for (const waiter of waiters) {
        if (rejected === undefined) this.context.reply(waiter, jobId);
        else this.context.replyFailure(waiter, new RemoteFailureError(rejected));
      }
    };
    this.context.logger.log('info', 'job ended', { jobId, status });
    this.context.pipe<void>(
      this.options.store.createOutcome(jobId, outcome).catch((thrown: unknown) => {
        this.context.logger.log('warn', 'the outcome of a job cannot be kept', { jobId, error: toError(thrown).message });
      }),
      () => ({ type: 'outcome-kept', answer }),
      () => ({ type: 'outcome-kept', answer }),
    );
    this.options.ended(job, outcome);
  }
}
