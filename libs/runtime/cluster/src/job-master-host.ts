/**
 * Where JobMasters live: in the Dispatcher's own actor system, or each in a thread of its own. The Dispatcher decides when one begins and ends; the host
 * loads the job's program and knows how. What crosses the port is plain data.
 */
import type { ActorAddress, ActorSystem } from '@weir/actor';
import { Configuration, type JobId } from '@weir/base';
import type { ConnectorServices } from '@weir/connector';
import { describePlan, type JobPlan, type JobProgram } from '@weir/graph';
import type { HighAvailability } from '@weir/ports';
import { compileJob } from './job-compiler.js';
import { JobMasterActor, type JobMasterOptions } from './job-master.actor.js';
import type { JobSubmission } from './job-submission.js';

/** Finds the program of a submission: its artifact, imported with its parameters. Rejects with coded errors. */
export interface JobProgramLoader {
  load(submission: JobSubmission): Promise<JobProgram>;
}

export interface EndedJob {
  readonly jobId: JobId;
  readonly jobName: string;
}

export interface JobMasterStart {
  readonly jobId: JobId;
  readonly submission: JobSubmission;
  /** As the JobMaster's. `fresh`: the first start of a new job; `recover`: every other one, from its latest completed checkpoint, as if fresh when there is none. */
  readonly start: JobMasterOptions['start'];
  /** Jobs that had ended when this one was submitted. A fresh start replaces the output of those with its name, as an embedded run does. */
  readonly endedJobs: readonly EndedJob[];
  /** Hears the JobClientMessages. */
  readonly client: ActorAddress;
  readonly resourceManager: ActorAddress;
  /** Path of the actor; never used again on its node. */
  readonly name: string;
}

export interface JobMasterHost {
  /** Resolves when the JobMaster exists. Rejects when there can be none (its program cannot be loaded): nothing is left of it then. */
  start(start: JobMasterStart): Promise<ActorAddress>;
  /** Ends a JobMaster by force; resolves when nothing is left of it. Harmless when it is gone. */
  stop(address: ActorAddress): Promise<void>;
  /** The plan of a job without running it. Rejects with what is wrong with it. */
  plan(submission: JobSubmission): Promise<JobPlan>;
}

export interface LocalJobMasterHostOptions {
  readonly system: ActorSystem;
  readonly programs: JobProgramLoader;
  /** The cluster's own, under what a submission sets. */
  readonly configuration: Configuration;
  readonly checkpointDirectory: (jobId: JobId) => string;
  /** Epochs and register of one job. */
  readonly highAvailability: (jobId: JobId) => HighAvailability;
  readonly services: (submission: JobSubmission, name: string) => ConnectorServices;
}

/** JobMasters as root actors of the Dispatcher's system. */
export class LocalJobMasterHost implements JobMasterHost {
  constructor(private readonly options: LocalJobMasterHostOptions) {}

  async start({ jobId, submission, start, endedJobs, client, resourceManager, name }: JobMasterStart): Promise<ActorAddress> {
    const { system, programs, checkpointDirectory, highAvailability, services } = this.options;
    const program = await programs.load(submission);
    const { restoreFrom } = submission;
    const earlierJobIds = endedJobs.filter(({ jobName }) => jobName === program.jobName).map((ended) => ended.jobId);
    return system.spawn(name, new JobMasterActor({
      jobId, program, submission, start, earlierJobIds, client, resourceManager,
      configuration: this.configurationOf(submission),
      checkpointDirectory: checkpointDirectory(jobId),
      highAvailability: highAvailability(jobId),
      services: services(submission, name),
      ...(restoreFrom === undefined ? {} : { restoreFrom }),
    })).address;
  }

  stop(address: ActorAddress): Promise<void> {
    this.options.system.stop(address);
    return Promise.resolve();
  }

  async plan(submission: JobSubmission): Promise<JobPlan> {
    return describePlan(compileJob(await this.options.programs.load(submission), this.configurationOf(submission)).job);
  }

  private configurationOf({ configuration }: JobSubmission): Configuration {
    return this.options.configuration.merge(Configuration.of(configuration, 'command line'));
  }
}
