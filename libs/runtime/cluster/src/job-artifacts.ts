/** Where a TaskManager finds the functions of a job: it builds the job again from its program, a fresh instance for each task. */
import type { JobId } from '@weir/base';
import type { CompiledJob } from '@weir/graph';
import type { TaskDeployment } from '@weir/task';
import { TaskSubmissionError } from './errors.js';
import type { JobDescriptor } from './job-descriptor.js';

export interface JobArtifacts {
  /** Brings the job's program here, before its first task. May be called again, also after a rejection. Rejects with the coded error of what is missing. */
  prepare(job: JobDescriptor): Promise<void>;
  /** Functions for this task alone, around the deployment's graph. Throws `WEIR_TASK_SUBMISSION_FAILED` when the job is unknown or is another one. */
  instantiate(deployment: TaskDeployment): CompiledJob;
}

/** Artifacts of jobs that live in the same process as programs. */
export class InProcessArtifacts implements JobArtifacts {
  private readonly jobs = new Map<JobId, () => CompiledJob>();

  /** `compile` makes a new instance of the job each time. */
  add(jobId: JobId, compile: () => CompiledJob): void {
    this.jobs.set(jobId, compile);
  }

  remove(jobId: JobId): void {
    this.jobs.delete(jobId);
  }

  /** It is here already, or its tasks will say that it is not. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  instantiate(deployment: TaskDeployment): CompiledJob {
    const compile = this.jobs.get(deployment.jobId);
    if (compile === undefined) throw new TaskSubmissionError(deployment.attempt, `job ${deployment.jobId} is not known here`);
    const job = compile();
    const vertex = deployment.graph.vertices.find(({ id }) => id === deployment.attempt.vertexId);
    const missing = vertex?.operators.find(({ operatorId }) => !job.nodes.has(operatorId));
    if (vertex === undefined || missing !== undefined || job.partitioners.length !== deployment.graph.edges.length) {
      throw new TaskSubmissionError(deployment.attempt, `the job builds another graph here (${missing?.name ?? deployment.attempt.vertexId})`);
    }
    // The graph that was sent holds what a restore adopted (max parallelisms); the functions are found by operator.
    return { ...job, graph: deployment.graph };
  }
}
