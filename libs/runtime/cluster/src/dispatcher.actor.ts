/**
 * The Dispatcher: one per term of a leader. It takes jobs ({@link JobSubmissions}), finds those of earlier terms ({@link JobRecovery}), keeps them running
 * ({@link JobRuns}), and knows of each what clients may ask.
 *
 *  V3  nothing is written without a lease that is past all doubt;
 *  V5  when the term is over everything that it started is suspended, and nothing of it is left when this actor has stopped.
 */
import type { Actor, ActorAddress, ActorContext, ReplyTo } from '@weir/actor';
import { assert, assertNever, type Configuration, failureInfo, type JobId, RemoteFailureError } from '@weir/base';
import type { HighAvailability, Random } from '@weir/ports';
import type { JobDetails, SavepointRequest, SubmitRequest } from './cluster-gateway.js';
import {
  ArtifactInUseError, InvalidIdError, JobAlreadyEndedError, JobNotFoundError, JobNotRunningError, NotLeaderError, OperationNotFoundError,
} from './dispatcher-errors.js';
import { dispatcherOptions } from './dispatcher-options.js';
import type { DispatcherInput, DispatcherRequest, FoundJob } from './dispatcher.protocol.js';
import { EndedJobs } from './ended-jobs.js';
import { isTerminalRegister } from './job-closing.js';
import type { JobMasterHost } from './job-master-host.js';
import type { JobMasterMessage } from './job-master.protocol.js';
import { JobRecovery } from './job-recovery.js';
import type { JobRun } from './job-run.js';
import { JobRuns } from './job-runs.js';
import { type JobOutcome, type JobStore, parseArtifactHash, parseJobId } from './job-store.js';
import { JobSubmissions } from './job-submissions.js';
import { SavepointOperations } from './savepoint-operations.js';

export interface DispatcherOptions {
  readonly store: JobStore;
  /** Epochs and register of one job. */
  readonly highAvailability: (jobId: JobId) => HighAvailability;
  readonly host: JobMasterHost;
  readonly resourceManager: ActorAddress;
  /** The cluster's own. */
  readonly configuration: Configuration;
  /** For job ids and trigger ids. */
  readonly random: Random;
  /** True while the lease of this term is past all doubt. */
  readonly mayAct: () => boolean;
}

type Context = ActorContext<DispatcherInput>;

/** What exists from the first turn on. */
interface Term {
  readonly recovery: JobRecovery;
  readonly submissions: JobSubmissions;
  readonly runs: JobRuns;
}

/** Until the jobs are listed again when they could not be. */
const RETRY_MS = 1000;
/** A deposed leader may have stored a submission after this one had looked. */
const SCAN_MS = 60_000;
const SUSPENSION_MS = 10_000;
const OPERATION_KEPT_MS = 300_000;
const HEX_32 = /^[0-9a-f]{32}$/;
const SECRET_KEY = /pass|secret|token|credential|api-?key|access-?key|private/i;

export class DispatcherActor implements Actor<DispatcherInput> {
  private readonly ended: EndedJobs;
  /** All that were ever found or stored in this term. */
  private readonly known = new Set<JobId>();
  private readonly operations = new SavepointOperations();
  /** Requests that came before the jobs were known; undefined after. */
  private early: DispatcherRequest[] | undefined = [];
  private suspending = false;
  private begun: Term | undefined;

  constructor(private readonly options: DispatcherOptions) {
    this.ended = new EndedJobs(options.configuration.get(dispatcherOptions.maxCapacity));
  }

  started(context: Context): void {
    const { store, highAvailability, host, resourceManager, mayAct } = this.options;
    const recovery = new JobRecovery(store, highAvailability, context.logger);
    const submissions = new JobSubmissions(store, recovery, context);
    const runs = new JobRuns({
      store, highAvailability, host, resourceManager, mayAct,
      savepointEnded: (jobId, triggerId, status) => {
        if (this.operations.end(jobId, triggerId, status)) this.forgetLater(triggerId, context);
      },
      savepointsLost: (jobId, failure) => {
        for (const triggerId of this.operations.failAll(jobId, failure)) this.forgetLater(triggerId, context);
      },
      ended: (outcome) => this.ended.add([outcome]),
      endedBefore: (timestampMs) => this.ended.before(timestampMs),
      allSuspended: () => context.stop(),
    }, context);
    this.begun = { recovery, submissions, runs };
    context.self.tell({ type: 'scan' });
  }

  receive(message: DispatcherInput, context: Context): void {
    switch (message.type) {
      case 'leadership-ended':
        this.suspend(context);
        return;
      case 'scan':
        this.scan(context);
        return;
      case 'scanned':
        this.scanned(message.live, message.ended, context);
        return;
      case 'scan-failed':
        context.logger.log('error', 'the jobs of the cluster cannot be listed', { code: message.failure.code, error: message.failure.message, hint: message.failure.hint });
        context.timers.setTimer('scan', this.early === undefined ? SCAN_MS : RETRY_MS, { type: 'scan' });
        return;
      case 'outcomes-found':
        this.outcomesFound(message.outcomes, context);
        return;
      case 'submission-stored':
        this.stored(message.found, message.isNew, context);
        return;
      case 'submission-failed':
        if (this.term(context).submissions.failed(message.jobId, message.error) && !this.suspending) context.timers.setTimer('scan', RETRY_MS, { type: 'scan' });
        return;
      case 'answered':
        message.answer();
        return;
      case 'operation-forgotten':
        this.operations.forget(message.triggerId);
        return;
      case 'suspension-overdue':
        this.term(context).runs.stopAll();
        context.stop();
        return;
      default:
        if ('replyTo' in message) this.request(message, context);
        else this.term(context).runs.receive(message);
    }
  }

  private term({ node }: Context): Term {
    assert(this.begun !== undefined, `the Dispatcher of ${node} has not started`);
    return this.begun;
  }

  // Requests.

  private request(request: DispatcherRequest, context: Context): void {
    if (this.suspending) {
      context.replyFailure(request.replyTo, this.notLeader(context, 'its term is over'));
      return;
    }
    if (this.early !== undefined) {
      this.early.push(request);
      return;
    }
    try {
      this.answer(request, context);
    } catch (thrown) {
      context.replyFailure(request.replyTo, thrown);
    }
  }

  /** Throws what the asker is to be told. */
  private answer(request: DispatcherRequest, context: Context): void {
    const { store, host, configuration } = this.options;
    switch (request.type) {
      case 'list-jobs':
        context.reply(request.replyTo, this.allDetails(context));
        return;
      case 'describe-job':
        context.reply(request.replyTo, this.details(parseJobId(request.jobId), context));
        return;
      case 'submit-job':
        this.submit(request.request, request.replyTo, context);
        return;
      case 'cancel-job':
        this.term(context).runs.cancel(this.live(request.jobId, context));
        context.reply(request.replyTo, undefined);
        return;
      case 'take-savepoint':
        context.reply(request.replyTo, this.takeSavepoint(this.live(request.jobId, context), request.request, context));
        return;
      case 'describe-operation': {
        const jobId = parseJobId(request.jobId);
        this.details(jobId, context); // the job is there
        const status = this.operations.status(jobId, request.triggerId);
        if (status === undefined) throw new OperationNotFoundError({ jobId, triggerId: request.triggerId });
        context.reply(request.replyTo, status);
        return;
      }
      case 'add-artifact':
        this.demandLease(context);
        this.replyLater(request.replyTo, store.addArtifact(request.artifact), context);
        return;
      case 'list-artifacts':
        this.replyLater(request.replyTo, store.artifacts(), context);
        return;
      case 'remove-artifact': {
        this.demandLease(context);
        const hash = parseArtifactHash(request.hash);
        for (const { submission } of this.term(context).runs.all()) if (submission.artifactHash === hash) throw new ArtifactInUseError({ hash, jobId: submission.jobId });
        this.replyLater(request.replyTo, store.removeArtifact(hash), context);
        return;
      }
      case 'plan-job':
        this.replyLater(request.replyTo, this.term(context).submissions.draft(request.request, this.drawnId(request.request.jobId)).then((draft) => host.plan(draft)), context);
        return;
      case 'describe-configuration':
        context.reply(request.replyTo, Object.fromEntries(Object.entries(configuration.toRecord()).map(([key, value]) => [key, SECRET_KEY.test(key) ? '******' : value])));
        return;
      default:
        assertNever(request, 'request to the dispatcher');
    }
  }

  private submit(request: SubmitRequest, replyTo: ReplyTo<JobId>, context: Context): void {
    const jobId = this.drawnId(request.jobId);
    parseArtifactHash(request.artifactHash);
    const ended = this.ended.get(jobId);
    const job = this.term(context).runs.get(jobId);
    if (ended?.rejected !== undefined) context.replyFailure(replyTo, new RemoteFailureError(ended.rejected));
    else if (ended !== undefined || job?.accepted === true) context.reply(replyTo, jobId); // nothing starts again
    else if (job !== undefined) job.waiters.push(replyTo);
    else this.store(request, jobId, replyTo, context);
  }

  private store(request: SubmitRequest, jobId: JobId, replyTo: ReplyTo<JobId>, context: Context): void {
    const { submissions } = this.term(context);
    if (!submissions.has(jobId)) this.demandLease(context);
    submissions.submit(request, jobId, replyTo);
  }

  private stored(found: FoundJob, isNew: boolean, context: Context): void {
    const { jobId } = found.submission;
    const waiters = this.term(context).submissions.take(jobId);
    if (this.suspending) {
      for (const waiter of waiters) context.replyFailure(waiter, this.notLeader(context, 'its term is over'));
      return;
    }
    if (isTerminalRegister(found.register)) { // an earlier term had it
      this.known.add(jobId);
      for (const waiter of waiters) context.reply(waiter, jobId);
      this.findOutcomes([found], context);
      return;
    }
    this.known.add(jobId);
    this.term(context).runs.adopt(found, isNew ? 'fresh' : 'recover', waiters);
  }

  private takeSavepoint(job: JobRun, request: SavepointRequest, context: Context): string {
    const { jobId } = job.submission;
    const triggerId = request.triggerId ?? this.options.random.hex(16);
    if (!HEX_32.test(triggerId)) throw new InvalidIdError({ what: 'a trigger id', expected: '32 lower-case hexadecimal digits', found: triggerId });
    if (this.operations.has(triggerId)) return triggerId;
    if (job.jobMaster === undefined || !job.accepted) throw new JobNotRunningError(jobId, job.record.state);
    this.operations.begin(jobId, triggerId);
    const { targetDirectory, then } = request;
    context.refFor<JobMasterMessage>(job.jobMaster).tell({ type: 'take-savepoint', triggerId, then, ...(targetDirectory === undefined ? {} : { targetDirectory }) });
    return triggerId;
  }

  private live(text: string, context: Context): JobRun {
    const jobId = parseJobId(text);
    const job = this.term(context).runs.get(jobId);
    if (job !== undefined) return job;
    const ended = this.ended.get(jobId);
    if (ended !== undefined) throw new JobAlreadyEndedError(jobId, ended.details.status.state);
    throw new JobNotFoundError(jobId);
  }

  private details(jobId: JobId, context: Context): JobDetails {
    const details = this.term(context).runs.get(jobId)?.record.details() ?? this.ended.get(jobId)?.details;
    if (details === undefined) throw new JobNotFoundError(jobId);
    return details;
  }

  private allDetails(context: Context): readonly JobDetails[] {
    const all = [...this.term(context).runs.all().map(({ record }) => record.details()), ...this.ended.details()];
    return all.sort((a, b) => b.status.startedAtMs - a.status.startedAtMs);
  }

  private forgetLater(triggerId: string, context: Context): void {
    context.timers.setTimer(`operation ${triggerId}`, OPERATION_KEPT_MS, { type: 'operation-forgotten', triggerId });
  }

  private replyLater<T>(replyTo: ReplyTo<T>, work: Promise<T>, context: Context): void {
    context.pipe<T>(
      work,
      (value) => ({ type: 'answered', answer: () => context.reply(replyTo, value) }),
      (error) => ({ type: 'answered', answer: () => context.replyFailure(replyTo, error) }),
    );
  }

  private drawnId(given: string | undefined): JobId {
    return parseJobId(given ?? this.options.random.hex(16));
  }

  /** V3 */
  private demandLease(context: Context): void {
    if (!this.options.mayAct()) throw this.notLeader(context, 'its leadership is in doubt');
  }

  private notLeader(context: Context, why: string): NotLeaderError {
    return new NotLeaderError(context.node, undefined, why);
  }

  // Recovery.

  private scan(context: Context): void {
    if (this.suspending) return;
    context.pipe<DispatcherInput>(
      this.term(context).recovery.scan(this.known).then((found) => ({ type: 'scanned', ...found })),
      (message) => message,
      (error) => ({ type: 'scan-failed', failure: failureInfo(error) }),
    );
  }

  private scanned(live: readonly FoundJob[], ended: readonly FoundJob[], context: Context): void {
    if (this.suspending) return;
    for (const found of live) {
      if (this.known.has(found.submission.jobId) || this.term(context).submissions.has(found.submission.jobId)) continue; // submitted meanwhile
      context.logger.log('info', 'job recovered', { jobId: found.submission.jobId, lastCompletedCheckpoint: found.register?.lastCompletedCheckpoint?.checkpointId });
      this.known.add(found.submission.jobId);
      this.term(context).runs.adopt(found, 'recover', []);
    }
    const fresh = ended.filter(({ submission }) => !this.known.has(submission.jobId));
    for (const { submission } of fresh) this.known.add(submission.jobId);
    this.findOutcomes(fresh, context);
    context.timers.setTimer('scan', SCAN_MS, { type: 'scan' });
  }

  private findOutcomes(ended: readonly FoundJob[], context: Context): void {
    context.pipe<DispatcherInput>(
      this.term(context).recovery.outcomes(ended).then((outcomes) => ({ type: 'outcomes-found', outcomes })),
      (message) => message,
      () => ({ type: 'outcomes-found', outcomes: [] }),
    );
  }

  private outcomesFound(outcomes: readonly JobOutcome[], context: Context): void {
    this.ended.add(outcomes);
    const { early } = this;
    this.early = undefined;
    for (const request of early ?? []) this.request(request, context);
  }

  // The end of the term.

  private suspend(context: Context): void {
    if (this.suspending) return;
    this.suspending = true;
    context.timers.cancelTimer('scan');
    for (const { replyTo } of this.early ?? []) context.replyFailure(replyTo, this.notLeader(context, 'its term is over'));
    this.early = undefined;
    context.timers.setTimer('suspension', SUSPENSION_MS, { type: 'suspension-overdue' });
    this.term(context).runs.suspend();
  }
}
