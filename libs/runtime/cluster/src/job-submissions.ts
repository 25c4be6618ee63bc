/**
 * Submissions on their way into the store, with those who wait for them. Part of the Dispatcher: it runs in its turns.
 *
 *  V1  a job exists once its submission is in the store; nothing runs before;
 *  V6  a submission is refused only if its job is certainly not there; one that the store failed on is of unknown outcome, and is looked for soon.
 */
import type { ActorContext, ReplyTo } from '@weir/actor';
import type { JobId } from '@weir/base';
import { FileStoreError } from '@weir/ports';
import type { SubmitRequest } from './cluster-gateway.js';
import { ArtifactNotFoundError, SubmissionUnknownError } from './dispatcher-errors.js';
import type { DispatcherInput } from './dispatcher.protocol.js';
import type { JobRecovery } from './job-recovery.js';
import type { JobStore } from './job-store.js';
import type { JobSubmission } from './job-submission.js';

export class JobSubmissions {
  private readonly waiters = new Map<JobId, ReplyTo<JobId>[]>();

  constructor(private readonly store: JobStore, private readonly recovery: JobRecovery, private readonly context: ActorContext<DispatcherInput>) {}

  /** True while this job is being stored. */
  has(jobId: JobId): boolean {
    return this.waiters.has(jobId);
  }

  /** V1. Comes back as `submission-stored` or `submission-failed`, also for those who submit the same job meanwhile. */
  submit(request: SubmitRequest, jobId: JobId, replyTo: ReplyTo<JobId>): void {
    const others = this.waiters.get(jobId);
    if (others !== undefined) {
      others.push(replyTo);
      return;
    }
    this.waiters.set(jobId, [replyTo]);
    this.context.pipe<DispatcherInput>(this.keep(request, jobId), (message) => message, (error) => ({ type: 'submission-failed', jobId, error }));
  }

  /** What the request makes of its artifact; nothing is stored. Rejects with `WEIR_ARTIFACT_NOT_FOUND`. */
  async draft(request: SubmitRequest, jobId: JobId): Promise<JobSubmission> {
    const { artifactHash, parameters, configuration, workingDirectory, restoreFrom } = request;
    const submittedAtMs = this.context.clock.now();
    if (!(await this.store.hasArtifact(artifactHash))) throw new ArtifactNotFoundError(artifactHash);
    const { name } = await this.store.artifact(artifactHash);
    return {
      jobId, jobName: name, artifactHash, parameters, configuration, workingDirectory, submittedAtMs, ...(restoreFrom === undefined ? {} : { restoreFrom }),
    };
  }

  /** No longer on its way: those who wait for it are the caller's now. */
  take(jobId: JobId): readonly ReplyTo<JobId>[] {
    const waiters = this.waiters.get(jobId) ?? [];
    this.waiters.delete(jobId);
    return waiters;
  }

  /** V6. True when it may be in the store: the error of a later try tells nothing of an earlier one, so it does not matter where the store failed. */
  failed(jobId: JobId, error: Error): boolean {
    const unknown = error instanceof FileStoreError && (error.failure === 'io' || error.failure === 'no-space');
    for (const waiter of this.take(jobId)) this.context.replyFailure(waiter, unknown ? new SubmissionUnknownError(jobId, error) : error);
    return unknown;
  }

  private async keep(request: SubmitRequest, jobId: JobId): Promise<DispatcherInput> {
    const submission = await this.draft(request, jobId);
    const kept = await this.store.createSubmission(submission);
    const isNew = kept === submission;
    return { type: 'submission-stored', isNew, found: isNew ? { submission, register: undefined } : await this.recovery.withRegister(kept) };
  }
}
