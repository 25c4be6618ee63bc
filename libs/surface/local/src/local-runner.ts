/**
 * Runs jobs in this process and keeps their histories. Each run without `resume` begins a new history, whose output replaces that of the
 * earlier ones; `resume` goes on with the latest.
 *
 * R1: one run at a time per job (name and parameters): held from before the first look at the folder until the job has ended.
 * R2: starting empty is never silent: every run says where it started from, in a note.
 * R3: earlier histories lose their checkpoints only after the new one has begun, that is, after its sinks have replaced the old output:
 *     a crash before that leaves a folder in which the next run finds everything again.
 * R5: output of the same job with other parameters, where it lies in this run's targets, is replaced too; its history loses the right to be
 *     resumed before the first of its files is removed.
 * R4: a job whose graph is wrong is refused before anything is written: it makes no history that would hide the one before.
 */
import { resolve } from 'node:path';
import { jobId, type Configuration, type JobId } from '@weir/base';
import { checkpointOptions } from '@weir/checkpoint';
import { compileJob } from '@weir/cluster';
import type { EmbeddedJobOptions, JobHandle } from '@weir/embedded';
import type { JobGraph, JobProgram } from '@weir/graph';
import { baseName, type Clock, type FileStore, type HighAvailability, type Random, schemeOf } from '@weir/ports';
import { foldersOfName, JobHistories, type JobHistory } from './job-histories.js';
import { jobFolderName, type JobParameters } from './job-key.js';
import { JobLock } from './job-lock.js';


/** What runs jobs: the embedded cluster, or a stand-in. Accepts a job only after its sinks have begun their history. */
export interface JobSubmitter {
  submit(program: JobProgram, options: EmbeddedJobOptions): Promise<JobHandle> | JobHandle;
}

export interface LocalRunnerServices {
  readonly cluster: JobSubmitter;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly random: Random;
  /** The registers of one history. */
  readonly highAvailability: (directory: string) => HighAvailability;
}

export interface LocalRunOptions {
  readonly configuration: Configuration;
  /** Together with the job's name they say which job this is. */
  readonly parameters: JobParameters;
  readonly resume: boolean;
  /** What a fresh run begins from: a savepoint, or a checkpoint of another job. */
  readonly restoreFrom?: { readonly path: string; readonly allowNonRestoredState: boolean };
}

export interface StartedRun {
  readonly kind: 'started';
  readonly handle: JobHandle;
  readonly history: JobHistory;
  readonly graph: JobGraph;
  /** Sentences for the user (R2). */
  readonly notes: readonly string[];
  /** As `handle.result`, after the folder is in order and the lock given back. Await it: it rejects when old files cannot be deleted. */
  readonly result: JobHandle['result'];
}

export type LocalRun =
  | StartedRun
  /** `resume` of a job whose latest history finished: nothing to do. */
  | { readonly kind: 'already-finished'; readonly history: JobHistory };

/** A history with the folder that it lies in. */
interface KnownHistory {
  readonly history: JobHistory;
  readonly folder: string;
}

interface Start {
  readonly history: JobHistory;
  readonly earlier: readonly JobHistory[];
  readonly mode: EmbeddedJobOptions['start'];
  readonly notes: readonly string[];
}

export class LocalRunner {
  constructor(private readonly services: LocalRunnerServices) {}

  /** Starts the job. Throws `WEIR_JOB_ALREADY_RUNNING`, `WEIR_JOB_FOLDER_DAMAGED`, and what the cluster refuses at submit. */
  async start(program: JobProgram, options: LocalRunOptions): Promise<LocalRun> {
    const { graph } = compileJob(program, options.configuration).job; // R4
    const directory = options.configuration.get(checkpointOptions.directory);
    const root = schemeOf(directory) === undefined ? resolve(directory) : directory;
    const folder = `${root}/${jobFolderName(program.jobName, options.parameters)}`;
    const lock = JobLock.acquire(lockFolder(folder), program.jobName); // R1
    try {
      const histories = new JobHistories(this.services.files, folder);
      const start = await this.choose(histories, program.jobName, options);
      if (start.kind === 'already-finished') {
        lock.release();
        return start;
      }
      const others = await this.historiesOfOthers(root, program.jobName, folder);
      return { ...(await this.launch(program, options, histories, start.start, others, lock)), graph };
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private async choose(
    histories: JobHistories, jobName: string, options: LocalRunOptions,
  ): Promise<{ kind: 'start'; start: Start } | Extract<LocalRun, { kind: 'already-finished' }>> {
    const known = await histories.list();
    const latest = known.at(-1);
    if (options.resume && latest !== undefined) {
      const register = await this.services.highAvailability(latest.registerDirectory).readRegister(latest.jobId);
      if (register?.value.status === 'finished') return { kind: 'already-finished', history: latest };
      const checkpoint = register?.value.lastCompletedCheckpoint;
      const note = checkpoint === undefined
        ? `history ${latest.number} completed no checkpoint: it starts from the beginning`
        : `history ${latest.number} goes on from its last completed checkpoint`;
      return { kind: 'start', start: { history: latest, earlier: known.slice(0, -1), mode: 'resume', notes: [note] } };
    }
    const history = await histories.begin(this.freshJobId(), { jobName, parameters: options.parameters, startedAtMs: this.services.clock.now() });
    const notes = options.resume ? ['there is no earlier run to resume: the job starts from the beginning'] : [];
    const from = options.restoreFrom === undefined ? 'the beginning' : options.restoreFrom.path;
    if (latest !== undefined) notes.push(`history ${history.number} of this job: it starts from ${from} and replaces the output of earlier runs`);
    return { kind: 'start', start: { history, earlier: known, mode: 'fresh', notes } };
  }

  /** Histories of jobs of this name with other parameters. */
  private async historiesOfOthers(root: string, jobName: string, except: string): Promise<KnownHistory[]> {
    const folders = await foldersOfName(this.services.files, root, jobName, except);
    const found: KnownHistory[] = [];
    for (const folder of folders) {
      const histories = new JobHistories(this.services.files, folder);
      for (const history of await histories.list()) {
        // Folder names are shortened: the record says whose history it is.
        if ((await histories.describe(history)).jobName === jobName) found.push({ history, folder });
      }
    }
    return found;
  }

  /** R5. Under the lock of each folder, so that a job that runs right now keeps its output. */
  private async replace(jobName: string, histories: JobHistories, others: readonly KnownHistory[], jobIds: readonly string[]): Promise<void> {
    for (const { history, folder } of others) {
      if (!jobIds.includes(history.jobId)) continue;
      const lock = JobLock.acquire(lockFolder(folder), jobName);
      try {
        await histories.discard(history);
      } finally {
        lock.release();
      }
    }
  }

  private async launch(
    program: JobProgram, options: LocalRunOptions, histories: JobHistories, start: Start, others: readonly KnownHistory[], lock: JobLock,
  ): Promise<Omit<StartedRun, 'graph'>> {
    const { history, earlier, mode, notes } = start;
    await this.services.files.makeDirectory(history.checkpointDirectory);
    await this.services.files.makeDirectory(history.registerDirectory);
    const handle = await this.services.cluster.submit(program, {
      jobId: history.jobId,
      checkpointDirectory: history.checkpointDirectory,
      highAvailability: this.services.highAvailability(history.registerDirectory),
      configuration: options.configuration,
      start: mode,
      ...(options.restoreFrom === undefined ? {} : { restoreFrom: options.restoreFrom }),
      earlierJobIds: [...earlier, ...others.map((it) => it.history)].map((it) => it.jobId),
      replacing: (jobIds) => this.replace(program.jobName, histories, others, jobIds),
    });
    const tidied = this.discard(histories, earlier); // R3: accepted means that the sinks have begun
    const result = Promise.all([handle.result, tidied]).then(([outcome]) => outcome).finally(() => lock.release());
    return { kind: 'started', handle, history, notes, result };
  }

  private async discard(histories: JobHistories, earlier: readonly JobHistory[]): Promise<void> {
    for (const history of earlier) await histories.discard(history);
  }

  private freshJobId(): JobId {
    return jobId(this.services.random.hex(16));
  }
}

/** R1 for a folder in another store than the file system: among the processes that share a working directory. Others are kept apart by the register's epochs. */
const lockFolder = (folder: string): string => (schemeOf(folder) === undefined ? folder : resolve('.weir/locks', baseName(folder)));
