/** What a new leader finds in the store. Reads only; whatever is wrong with one job keeps no other from starting. */
import { failureInfo, type JobId } from '@weir/base';
import type { HighAvailability, Logger } from '@weir/ports';
import type { FoundJob } from './dispatcher.protocol.js';
import { isTerminalRegister } from './job-closing.js';
import { JobRecord } from './job-record.js';
import type { JobOutcome, JobStore } from './job-store.js';
import type { JobSubmission } from './job-submission.js';

/** Jobs that are looked at together. */
const AT_ONCE = 16;

export class JobRecovery {
  constructor(private readonly store: JobStore, private readonly highAvailability: (jobId: JobId) => HighAvailability, private readonly logger: Logger) {}

  /** Jobs that are not in `known`. Rejects when the folder of the jobs cannot be listed. */
  async scan(known: ReadonlySet<JobId>): Promise<{ readonly live: readonly FoundJob[]; readonly ended: readonly FoundJob[] }> {
    const ids = (await this.store.jobIds()).filter((id) => !known.has(id));
    const found = (await inGroups(ids, (id) => this.find(id))).filter((job) => job !== undefined);
    return { live: found.filter(({ register }) => !isTerminalRegister(register)), ended: found.filter(({ register }) => isTerminalRegister(register)) };
  }

  /** Of jobs that have ended. Where no outcome was kept, what submission and register tell. */
  outcomes(ended: readonly FoundJob[]): Promise<readonly JobOutcome[]> {
    return inGroups(ended, async ({ submission, register }) => {
      try {
        const kept = await this.store.outcome(submission.jobId);
        if (kept !== undefined) return kept;
      } catch (thrown) {
        this.tell(submission.jobId, 'the outcome of a job cannot be read', thrown);
      }
      const record = new JobRecord(submission);
      if (isTerminalRegister(register)) record.end(register.status, undefined, submission.submittedAtMs);
      return { details: record.details() };
    });
  }

  /** `submission` is already read. */
  async withRegister(submission: JobSubmission): Promise<FoundJob> {
    try {
      const register = await this.highAvailability(submission.jobId).readRegister(submission.jobId);
      return { submission, register: register?.value };
    } catch (thrown) {
      this.tell(submission.jobId, 'the register of a job cannot be read', thrown);
      return { submission, register: undefined, registerFailure: failureInfo(thrown) };
    }
  }

  /** Undefined: a folder without a job in it, or with a damaged one. */
  private async find(jobId: JobId): Promise<FoundJob | undefined> {
    try {
      const submission = await this.store.submission(jobId);
      return submission === undefined ? undefined : await this.withRegister(submission);
    } catch (thrown) {
      this.tell(jobId, 'a job cannot be recovered', thrown);
      return undefined;
    }
  }

  private tell(jobId: JobId, what: string, thrown: unknown): void {
    const { code, message, hint } = failureInfo(thrown);
    this.logger.log('error', what, { jobId, code, error: message, hint });
  }
}

async function inGroups<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) done.push(...await Promise.all(items.slice(at, at + AT_ONCE).map(work)));
  return done;
}
