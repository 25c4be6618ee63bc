/**
 * Application mode: a cluster of one job. Each of its JobManagers is given the job; the one that leads submits it, and all of them end when it has ended.
 *
 *  A1  the job's id follows from the cluster's name: whichever JobManager submits it, in whichever life, it is one job;
 *  A2  a JobManager that does not lead waits: it sees the job when it leads, or is ended with the cluster.
 */
import { sha256 } from '@weir/artifacts';
import { isWeirError, type JobId, jobId } from '@weir/base';
import { type ClusterGateway, isTerminal, type JobDetails, type StoredArtifact, type SubmitRequest } from '@weir/cluster';
import type { Timers } from '@weir/ports';

export interface Application {
  readonly artifact: StoredArtifact;
  /** What a client would hand in with it. */
  readonly request: Omit<SubmitRequest, 'jobId' | 'artifactHash'>;
}

const LOOK_MS = 200;

/** A1. */
export function applicationJobId(clusterId: string): JobId {
  return jobId(sha256(`application ${clusterId}`).slice(0, 32));
}

/** Resolves when the job has ended, also long ago. Rejects with what is wrong with the job when it was not taken. */
export async function runApplication({ artifact, request }: Application, id: JobId, gateway: ClusterGateway, timers: Timers): Promise<JobDetails> {
  const submit = async (): Promise<undefined> => {
    await gateway.addArtifact(artifact);
    await gateway.submit({ ...request, jobId: id, artifactHash: artifact.hash });
    return undefined;
  };
  for (;;) {
    const job = await gateway.job(id).catch((error: unknown) => (isWeirError(error) && error.code === 'WEIR_JOB_NOT_FOUND' ? submit() : Promise.reject(error as Error)))
      .catch((error: unknown) => {
        if (isWeirError(error) && error.retry === 'later') return undefined; // A2
        throw error;
      });
    if (job !== undefined && isTerminal(job.status.state)) return job;
    await new Promise<void>((resolve) => timers.after(LOOK_MS, resolve));
  }
}
