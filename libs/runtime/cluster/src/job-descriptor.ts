/** What a slot must know of a job to load its program and its storage. Plain data: it crosses threads and hosts. */
import type { JobId } from '@weir/base';
import type { JobSubmission } from './job-submission.js';

export interface JobDescriptor {
  readonly jobId: JobId;
  /** Names the artifact; undefined when the program lives in this process. */
  readonly submission?: JobSubmission;
  readonly checkpointDirectory: string;
  /** Effective options, text by key. */
  readonly configuration: Readonly<Record<string, string>>;
}
