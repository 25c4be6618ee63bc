/**
 * The jobs of one term that have not ended, each under some JobMaster. Part of the Dispatcher: it runs in its turns.
 *
 *   starting --> alive --> checking --> ended            starting, alive: a JobMaster exists or is on its way
 *      ^          (its register)  |
 *      +-- waiting (backoff) <----+   closing: ended by the Dispatcher itself ({@link JobEndings})
 *
 *  V2  a job has ended when its register says so, and never because a JobMaster or a message says so;
 *  V3  no JobMaster is begun without a lease that is past all doubt; what is under way is fenced by the job's own register;
 *  V4  at most one JobMaster of a job is started by this term at a time; what an earlier one still says is not heard;
 *  V5  when the term is over everything that it started is suspended.
 */
import type { ActorAddress, ActorContext, ReplyTo } from '@weir/actor';
import { assertNever, type FailureInfo, failureInfo, type JobId, RemoteFailureError, toError } from '@weir/base';
import type { HighAvailability, JobRegister } from '@weir/ports';
import type { OperationStatus } from './cluster-gateway.js';
import { JobMasterLostError, NotLeaderError } from './dispatcher-errors.js';
import type { DispatcherInput, FollowerReport, FoundJob, JobRunTurn } from './dispatcher.protocol.js';
import { isTerminalRegister } from './job-closing.js';
import { JobEndings } from './job-endings.js';
import { JobFollowerActor } from './job-follower.actor.js';
import type { EndedJob, JobMasterHost } from './job-master-host.js';
import type { JobClientMessage, JobMasterMessage } from './job-master.protocol.js';
import { type JobRun, newJobRun, takeBackoffMs } from './job-run.js';
import type { JobOutcome, JobStore } from './job-store.js';

export interface JobRunsOptions {
  readonly store: JobStore;
  readonly highAvailability: (jobId: JobId) => HighAvailability;
  readonly host: JobMasterHost;
  readonly resourceManager: ActorAddress;
  readonly mayAct: () => boolean;
  readonly savepointEnded: (jobId: JobId, triggerId: string, status: OperationStatus) => void;
  /** The JobMaster is gone with what it was doing. */
  readonly savepointsLost: (jobId: JobId, failure: FailureInfo) => void;
  readonly ended: (outcome: JobOutcome) => void;
  /** Jobs that had ended by then, in wall-clock milliseconds. */
  readonly endedBefore: (timestampMs: number) => readonly EndedJob[];
  /** After `suspend`, once nothing is left. */
  readonly allSuspended: () => void;
}

const RETRY_MS = 1000;
const DOUBT_RETRY_MS = 250;

export class JobRuns {
  private readonly jobs = new Map<JobId, JobRun>();
  private suspending = false;

  private readonly endings: JobEndings;

  constructor(private readonly options: JobRunsOptions, private readonly context: ActorContext<DispatcherInput>) {
    const { store, highAvailability, mayAct } = options;
    const ended = (job: JobRun, outcome: JobOutcome): void => {
      options.ended(outcome);
      this.drop(job);
    };
    this.endings = new JobEndings({ store, highAvailability, mayAct, ended }, context);
  }

  get(jobId: JobId): JobRun | undefined {
    return this.jobs.get(jobId);
  }

  all(): readonly JobRun[] {
    return [...this.jobs.values()];
  }

  receive(message: FollowerReport | JobRunTurn): void {
    switch (message.type) {
      case 'job-master-said':
        this.heard(this.current(message), message.message);
        return;
      case 'job-master-gone':
        this.jobMasterGone(this.current(message), message.failure);
        return;
      case 'job-master-unreachable':
        this.jobMasterUnreachable(this.current(message), message);
        return;
      case 'start-due':
        this.startJobMaster(this.jobs.get(message.jobId));
        return;
      case 'job-master-started':
        this.jobMasterStarted(this.current(message), message.address);
        return;
      case 'job-master-not-started':
        this.rejected(this.current(message), message.failure);
        return;
      case 'check-due':
        this.check(this.current(message), message.failure);
        return;
      case 'register-found':
        this.registerFound(this.current(message), message.register, message.failure);
        return;
      case 'register-unknown':
        this.context.logger.log('warn', 'the register of a job cannot be read', { jobId: message.jobId, error: message.error.message });
        this.context.timers.setTimer(`check ${message.jobId}`, RETRY_MS, { type: 'check-due', jobId: message.jobId, start: message.start, failure: message.failure });
        return;
      case 'close-due':
        this.endings.close(this.jobs.get(message.jobId));
        return;
      case 'job-closed':
        this.endings.closed(this.jobs.get(message.jobId), message.register);
        return;
      case 'job-not-closed':
        this.endings.notClosed(this.jobs.get(message.jobId), message.failure);
        return;
      case 'outcome-kept':
        message.answer();
        return;
      default:
        assertNever(message, 'message about a job');
    }
  }

  /** Takes a job of the store over and starts its JobMaster. */
  adopt(found: FoundJob, next: JobRun['next'], waiters: readonly ReplyTo<JobId>[]): void {
    const job = newJobRun(found, next, waiters);
    this.jobs.set(job.submission.jobId, job);
    this.startJobMaster(job);
  }

  /** Idempotent; the job ends later. */
  cancel(job: JobRun): void {
    job.cancel = true;
    if (job.jobMaster !== undefined) this.context.refFor<JobMasterMessage>(job.jobMaster).tell({ type: 'cancel-job' });
    else if (job.phase === 'waiting') this.endings.beginClosing(job, 'canceled');
  }

  /** V5 */
  suspend(): void {
    this.suspending = true;
    this.endings.suspend();
    for (const job of this.all()) {
      if (job.jobMaster !== undefined) this.context.refFor<JobMasterMessage>(job.jobMaster).tell({ type: 'suspend-job' });
      else if (job.phase !== 'starting' && job.phase !== 'checking') this.drop(job);
    }
    if (this.jobs.size === 0) this.options.allSuspended();
  }

  /** Ends by force what has not been suspended in time. */
  stopAll(): void {
    for (const { jobMaster, submission } of this.all()) {
      this.context.logger.log('warn', 'a job was not suspended in time', { jobId: submission.jobId });
      if (jobMaster !== undefined) this.stopJobMaster(jobMaster);
    }
  }

  /** The job, when the message is about its JobMaster of now (V4). */
  private current({ jobId, start }: { readonly jobId: JobId; readonly start: number }): JobRun | undefined {
    const job = this.jobs.get(jobId);
    return job?.start === start ? job : undefined;
  }

  private startJobMaster(job: JobRun | undefined): void {
    if (job === undefined || job.phase !== 'waiting' || this.suspending) return;
    const { host, resourceManager, mayAct } = this.options;
    const { submission, next } = job;
    const { jobId } = submission;
    if (!mayAct()) { // V3
      this.context.timers.setTimer(`start ${jobId}`, DOUBT_RETRY_MS, { type: 'start-due', jobId });
      return;
    }
    const start = ++job.start;
    job.phase = 'starting';
    job.next = 'recover';
    job.follower = this.context.spawn(`job/${jobId}.${start}`, new JobFollowerActor(jobId, start, this.context.self.address));
    const name = `job/${jobId}.${this.context.self.address.slice(this.context.self.address.lastIndexOf('.') + 1)}-${start}`;
    const starting = host.start({ jobId, submission, start: next, endedJobs: this.options.endedBefore(submission.submittedAtMs), client: job.follower.address, resourceManager, name }).then((address) => {
      if (!this.context.isRunning) this.stopJobMaster(address); // V5
      return address;
    });
    this.context.pipe<JobRunTurn>(
      starting.then((address) => ({ type: 'job-master-started', jobId, start, address })),
      (message) => message,
      (error) => ({ type: 'job-master-not-started', jobId, start, failure: failureInfo(error) }),
    );
  }

  private jobMasterStarted(job: JobRun | undefined, address: ActorAddress): void {
    if (job?.phase !== 'starting') return; // it has ended already
    job.phase = 'alive';
    job.jobMaster = address;
    job.aliveSinceMs = this.context.clock.monotonic();
    job.record.jobMasterStarted(address);
    job.follower?.tell({ type: 'follow', jobMaster: address });
    if (this.suspending) this.context.refFor<JobMasterMessage>(address).tell({ type: 'suspend-job' });
    else if (job.cancel) this.context.refFor<JobMasterMessage>(address).tell({ type: 'cancel-job' });
  }

  private heard(job: JobRun | undefined, message: JobClientMessage): void {
    if (job === undefined || (job.phase !== 'starting' && job.phase !== 'alive')) return;
    const { jobId } = job.submission;
    job.record.heard(message, this.context.clock.now());
    switch (message.type) {
      case 'job-accepted':
        job.accepted = true;
        for (const waiter of job.waiters.splice(0)) this.context.reply(waiter, jobId);
        return;
      case 'job-rejected':
        this.rejected(job, message.failure);
        return;
      case 'savepoint-completed':
        this.options.savepointEnded(jobId, message.triggerId, { state: 'completed', location: message.path });
        return;
      case 'savepoint-failed':
        this.options.savepointEnded(jobId, message.triggerId, { state: 'failed', failure: message.failure });
        return;
      case 'job-ended':
        this.check(job, message.result.failure);
        return;
      case 'job-event':
      case 'job-status':
      case 'job-report':
        return;
      default:
        assertNever(message, 'message of a JobMaster');
    }
  }

  private jobMasterGone(job: JobRun | undefined, failure: FailureInfo | undefined): void {
    if (job === undefined || (job.phase !== 'starting' && job.phase !== 'alive')) return; // after its last word
    this.check(job, failureInfo(this.lost(job, failure?.message ?? 'it stopped without a result', failure)));
  }

  private jobMasterUnreachable(job: JobRun | undefined, { jobId, start }: { readonly jobId: JobId; readonly start: number }): void {
    if (job?.phase !== 'alive' || job.jobMaster === undefined) return;
    const failure = failureInfo(this.lost(job, 'it does not answer', undefined));
    this.context.pipe<void>(
      this.options.host.stop(job.jobMaster),
      () => ({ type: 'job-master-gone', jobId, start, failure }),
      (error) => ({ type: 'job-master-gone', jobId, start, failure: failureInfo(error) }),
    );
  }

  private lost(job: JobRun, reason: string, cause: FailureInfo | undefined): JobMasterLostError {
    return new JobMasterLostError({ jobId: job.submission.jobId, jobMaster: job.jobMaster ?? '', reason }, cause === undefined ? undefined : new RemoteFailureError(cause));
  }

  /** A JobMaster could not begin. What never ran is over with that; what did run is tried again. */
  private rejected(job: JobRun | undefined, failure: FailureInfo): void {
    if (job === undefined || (job.phase !== 'starting' && job.phase !== 'alive')) return;
    this.context.logger.log('warn', 'a JobMaster could not begin', { jobId: job.submission.jobId, code: failure.code, error: failure.message });
    const another = failure.code === 'WEIR_LEADERSHIP_LOST' || failure.code === 'WEIR_JOB_HISTORY_EXISTS';
    if (job.accepted || another || this.suspending) {
      this.check(job, failure);
      return;
    }
    this.forgetJobMaster(job);
    this.endings.beginClosing(job, 'failed', failure);
  }

  private stopJobMaster(address: ActorAddress): void {
    this.options.host.stop(address).catch((thrown: unknown) => {
      this.context.logger.log('error', 'a JobMaster cannot be stopped', { jobMaster: address, error: toError(thrown).message });
    });
  }

  private forgetJobMaster(job: JobRun): void {
    if (job.follower !== undefined) this.context.stop(job.follower.address);
    job.follower = undefined;
    job.jobMaster = undefined;
  }

  /** No JobMaster of this job is left: what its register says decides (V2). */
  private check(job: JobRun | undefined, failure: FailureInfo | undefined): void {
    if (job === undefined) return;
    const { start, submission: { jobId } } = job;
    this.options.savepointsLost(jobId, failure ?? failureInfo(this.lost(job, 'it ended first', undefined)));
    this.forgetJobMaster(job);
    job.phase = 'checking';
    this.context.pipe<JobRunTurn>(
      this.options.highAvailability(jobId).readRegister(jobId).then((register) => ({ type: 'register-found', jobId, start, failure, register: register?.value })),
      (message) => message,
      (error) => ({ type: 'register-unknown', jobId, start, failure, error }),
    );
  }

  private registerFound(job: JobRun | undefined, register: JobRegister | undefined, failure: FailureInfo | undefined): void {
    if (job?.phase !== 'checking') return;
    if (isTerminalRegister(register)) this.endings.end(job, register.status, failure);
    else if (this.suspending) this.drop(job);
    else this.startAgain(job, failure);
  }

  private startAgain(job: JobRun, failure: FailureInfo | undefined): void {
    const { jobId } = job.submission;
    job.phase = 'waiting';
    if (job.cancel) {
      this.endings.beginClosing(job, 'canceled');
      return;
    }
    const delayMs = takeBackoffMs(job, this.context.clock.monotonic());
    const why = failure ?? failureInfo(this.lost(job, 'it stopped without a result', undefined));
    job.record.jobMasterLost(why, this.context.clock.now());
    this.context.logger.log('warn', 'a job is started again', { jobId, code: why.code, error: why.message, delayMs });
    this.context.timers.setTimer(`start ${jobId}`, delayMs, { type: 'start-due', jobId });
  }

  private drop(job: JobRun): void {
    this.jobs.delete(job.submission.jobId);
    for (const waiter of job.waiters.splice(0)) this.context.replyFailure(waiter, new NotLeaderError(this.context.node, undefined, 'its term is over'));
    if (this.suspending && this.jobs.size === 0) this.options.allSuspended();
  }
}
