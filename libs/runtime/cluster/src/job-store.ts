/**
 * What the cluster keeps of its jobs, as files of any {@link FileStore}:
 *
 *      artifacts/<sha256>.json      created once, verified by its hash when read
 *      jobs/<jobId>/job.json        what was submitted; created once: the job exists from here on
 *      jobs/<jobId>/outcome.json    the last that was known of an ended job; for the listing, never for a decision
 *
 *  S1  a path is made from nothing but a job id (32 hexadecimal digits) or a hash (64);
 *  S2  nothing is ever overwritten: of two writers one wins, and the other one's record says the same or comes too late;
 *  S3  a damaged file is an error that names it, and never an absent one;
 *  S4  what somebody else created is made durable before it is relied on: he may have died, or failed, between the name and its sync.
 */
import type { FailureInfo, JobId } from '@weir/base';
import { type FileStore, FileStoreError, joinPath } from '@weir/ports';
import { decodeCheckedJson, encodeCheckedJson, isPlainObject } from './checked-json.js';
import type { ArtifactInfo, JobDetails } from './cluster-gateway.js';
import { ArtifactHashMismatchError, ArtifactNotFoundError, InvalidIdError, JobStoreDamagedError } from './dispatcher-errors.js';
import type { JobSubmission, StoredArtifact } from './job-submission.js';

/** The SHA-256 of these bytes as 64 lower-case hexadecimal digits. */
export type Sha256 = (bytes: Uint8Array) => string;

/** An ended job. `rejected`: it never ran; its register says nothing of it. */
export interface JobOutcome {
  readonly details: JobDetails;
  readonly rejected?: FailureInfo;
}

export interface JobStoreOptions {
  readonly files: FileStore;
  /** `high-availability.storageDir`. */
  readonly directory: string;
  readonly sha256: Sha256;
}

const JOB_ID = /^[0-9a-f]{32}$/;
const HASH = /^[0-9a-f]{64}$/;
const ARTIFACT_FILE = /^([0-9a-f]{64})\.json$/;

/** Throws `WEIR_ID_INVALID`. */
export function parseJobId(text: string): JobId {
  if (!JOB_ID.test(text)) throw new InvalidIdError({ what: 'a job id', expected: '32 lower-case hexadecimal digits', found: text });
  return text as JobId;
}

/** Throws `WEIR_ID_INVALID`. */
export function parseArtifactHash(text: string): string {
  if (!HASH.test(text)) throw new InvalidIdError({ what: 'the hash of an artifact', expected: '64 lower-case hexadecimal digits', found: text });
  return text;
}

export class JobStore {
  constructor(private readonly options: JobStoreOptions) {}

  /** `jobs/<jobId>/ha`. */
  highAvailabilityDirectory(jobId: JobId): string {
    return joinPath(this.jobDirectory(jobId), 'ha');
  }

  /** `jobs/<jobId>/checkpoints`. */
  checkpointDirectory(jobId: JobId): string {
    return joinPath(this.jobDirectory(jobId), 'checkpoints');
  }

  /** Harmless when it is there already. Throws `WEIR_ARTIFACT_HASH_MISMATCH`, `WEIR_ID_INVALID`. */
  async addArtifact(artifact: StoredArtifact): Promise<void> {
    const found = this.hashOf(artifact);
    if (found !== artifact.hash) throw new ArtifactHashMismatchError({ hash: parseArtifactHash(artifact.hash), found });
    await this.createOnce(joinPath(this.options.directory, 'artifacts'), `${artifact.hash}.json`, artifact);
  }

  /** Throws `WEIR_ARTIFACT_NOT_FOUND`, `WEIR_JOB_STORE_DAMAGED`, `WEIR_ID_INVALID`. */
  async artifact(hash: string): Promise<StoredArtifact> {
    const path = this.artifactPath(hash);
    const body = await this.read(path, 'Upload the artifact again after removing this file; jobs that need it go on then.');
    if (body === undefined) throw new ArtifactNotFoundError(hash);
    const damaged = (problem: string): JobStoreDamagedError =>
      new JobStoreDamagedError(path, problem, 'Upload the artifact again after removing this file; jobs that need it go on then.');
    if (!isArtifact(body)) throw damaged('it is not an artifact');
    const found = this.hashOf(body);
    if (found !== hash) throw damaged(`its code has the hash ${found}`);
    return body;
  }

  async hasArtifact(hash: string): Promise<boolean> {
    return (await this.options.files.stat(this.artifactPath(hash))) !== undefined;
  }

  /** Sorted by name, then hash. Files that are not artifacts are left out. */
  async artifacts(): Promise<readonly ArtifactInfo[]> {
    const found: ArtifactInfo[] = [];
    for (const file of await this.options.files.list(joinPath(this.options.directory, 'artifacts'))) {
      const hash = ARTIFACT_FILE.exec(file.name)?.[1];
      if (hash === undefined) continue;
      try {
        const { name, uploadedAtMs } = await this.artifact(hash);
        found.push({ hash, name, uploadedAtMs, sizeBytes: file.sizeBytes });
      } catch (thrown) {
        if (thrown instanceof JobStoreDamagedError) found.push({ hash, name: `${hash} (damaged)`, uploadedAtMs: file.modifiedMs, sizeBytes: file.sizeBytes });
        else if (!(thrown instanceof ArtifactNotFoundError)) throw thrown; // removed meanwhile
      }
    }
    return found.sort((a, b) => (a.name < b.name || (a.name === b.name && a.hash < b.hash) ? -1 : 1));
  }

  /** Throws `WEIR_ARTIFACT_NOT_FOUND`. Whether a job needs it is for the caller to know. */
  async removeArtifact(hash: string): Promise<void> {
    if (!(await this.hasArtifact(hash))) throw new ArtifactNotFoundError(hash);
    await this.options.files.remove(this.artifactPath(hash));
    await this.options.files.syncDirectory(joinPath(this.options.directory, 'artifacts'));
  }

  /** The submission that counts: this one, or the one that was there first. */
  async createSubmission(submission: JobSubmission): Promise<JobSubmission> {
    const created = await this.createOnce(this.jobDirectory(submission.jobId), 'job.json', submission);
    return created ? submission : (await this.submission(submission.jobId)) ?? submission;
  }

  /** Undefined when there is none. Durable when it is returned (S4). Throws `WEIR_JOB_STORE_DAMAGED`. */
  async submission(jobId: JobId): Promise<JobSubmission | undefined> {
    const directory = this.jobDirectory(jobId);
    const path = joinPath(directory, 'job.json');
    const hint = 'The job is not started while this file is damaged: restore it from a backup, or submit the job anew from its last checkpoint and remove this folder.';
    const body = await this.read(path, hint);
    if (body === undefined) return undefined;
    if (!isSubmission(body) || body.jobId !== jobId) throw new JobStoreDamagedError(path, 'it is not the submission of this job', hint);
    await this.options.files.syncDirectory(directory);
    return body;
  }

  /** Ids of all jobs that have a folder, whether their files are right or not. */
  async jobIds(): Promise<readonly JobId[]> {
    const entries = await this.options.files.list(joinPath(this.options.directory, 'jobs'));
    return entries.filter(({ kind, name }) => kind === 'directory' && JOB_ID.test(name)).map(({ name }) => name as JobId);
  }

  /** Harmless when there is one. */
  async createOutcome(jobId: JobId, outcome: JobOutcome): Promise<void> {
    await this.createOnce(this.jobDirectory(jobId), 'outcome.json', outcome);
  }

  /** Undefined when there is none. Throws `WEIR_JOB_STORE_DAMAGED`. */
  async outcome(jobId: JobId): Promise<JobOutcome | undefined> {
    const path = joinPath(this.jobDirectory(jobId), 'outcome.json');
    const hint = 'It only tells what became of an ended job: remove it, and the job is listed without details.';
    const body = await this.read(path, hint);
    if (body === undefined) return undefined;
    if (!isPlainObject(body) || !isPlainObject(body.details) || !isPlainObject(body.details.status)) throw new JobStoreDamagedError(path, 'it is not the outcome of a job', hint);
    return body as unknown as JobOutcome;
  }

  private jobDirectory(jobId: string): string {
    return joinPath(this.options.directory, 'jobs', parseJobId(jobId)); // S1
  }

  private artifactPath(hash: string): string {
    return joinPath(this.options.directory, 'artifacts', `${parseArtifactHash(hash)}.json`); // S1
  }

  private hashOf({ code }: StoredArtifact): string {
    return this.options.sha256(new TextEncoder().encode(code));
  }

  private async read(path: string, hint: string): Promise<unknown> {
    let bytes: Uint8Array;
    try {
      bytes = await this.options.files.read(path);
    } catch (thrown) {
      if (thrown instanceof FileStoreError && thrown.failure === 'not-found') return undefined;
      throw thrown;
    }
    const decoded = decodeCheckedJson(bytes);
    if ('problem' in decoded) throw new JobStoreDamagedError(path, decoded.problem, hint); // S3
    return decoded.body;
  }

  /** False when there was one. */
  private async createOnce(directory: string, name: string, body: unknown): Promise<boolean> {
    await this.options.files.makeDirectory(directory);
    try {
      await this.options.files.createExclusive(joinPath(directory, name), encodeCheckedJson(body));
      return true;
    } catch (thrown) {
      if (!(thrown instanceof FileStoreError) || thrown.failure !== 'already-exists') throw thrown;
      await this.options.files.syncDirectory(directory); // S4
      return false; // S2
    }
  }
}

function isArtifact(body: unknown): body is StoredArtifact {
  return isPlainObject(body) && ['hash', 'name', 'code', 'map', 'entryFolderUrl'].every((key) => typeof body[key] === 'string')
    && typeof body.uploadedAtMs === 'number' && Array.isArray(body.openImports);
}

function isSubmission(body: unknown): body is JobSubmission {
  return isPlainObject(body) && ['jobId', 'jobName', 'artifactHash', 'workingDirectory'].every((key) => typeof body[key] === 'string')
    && typeof body.submittedAtMs === 'number' && isPlainObject(body.parameters) && isPlainObject(body.configuration);
}
