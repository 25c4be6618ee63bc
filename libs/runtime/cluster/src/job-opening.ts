/**
 * Everything between a program and its first deployment: translation, the claim of an epoch, recovery or a new history. Nothing runs yet,
 * so whatever is wrong rejects the submission with its code.
 *
 *   translate -> register says finished? -> claim epoch (D4) -> recover (D5) -> fits the graph? | new history: from a snapshot or from nothing, sinks begin
 */
import { Configuration, type JobId, type LeaderEpoch } from '@weir/base';
import { assignState, checkCheckpointOptions, type CompletedCheckpoint, CompletedCheckpointStore, checkpointOptions, readExternalSnapshot, type Recovery } from '@weir/checkpoint';
import type { ConnectorServices } from '@weir/connector';
import type { CompiledJob, JobGraph, JobProgram } from '@weir/graph';
import type { HighAvailability } from '@weir/ports';
import { clusterOptions } from './cluster-options.js';
import { JobAlreadyFinishedError, JobHistoryExistsError } from './errors.js';
import { adoptRestored, compileJob } from './job-compiler.js';

export interface JobOpeningOptions {
  readonly program: JobProgram;
  readonly jobId: JobId;
  readonly checkpointDirectory: string;
  readonly highAvailability: HighAvailability;
  readonly configuration: Configuration;
  /** `resume` also goes on with a job that has ended, because its user asks for it; `recover` refuses that: `WEIR_JOB_ENDED`. */
  readonly start: 'fresh' | 'resume' | 'recover';
  readonly earlierJobIds: readonly JobId[];
  /**
   * What a job without checkpoints of its own begins from: a savepoint, or a retained checkpoint of another job. It is only read (NO_CLAIM).
   * `allowNonRestoredState`: state of operators that the job does not have is left behind.
   */
  readonly restoreFrom?: { readonly path: string; readonly allowNonRestoredState: boolean };
  /** Takes back the right to be resumed from histories whose output is about to be removed. */
  readonly replacing?: (jobIds: readonly string[]) => Promise<void>;
  readonly services: ConnectorServices;
}

/** A sentence for the user. */
export interface JobNote {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

export interface OpenedJob {
  readonly compiled: CompiledJob;
  /** The given one, and over it what the program sets. */
  readonly configuration: Configuration;
  /** `compiled.graph` with what the checkpoint imposes. */
  readonly graph: JobGraph;
  readonly epoch: LeaderEpoch;
  readonly store: CompletedCheckpointStore;
  readonly recovery: Recovery;
  /** `restoreFrom`, verified; undefined when the job goes on from a checkpoint of its own. */
  readonly base: CompletedCheckpoint | undefined;
  readonly notes: readonly JobNote[];
}

/** Rejects with the coded error of whatever is wrong. */
export async function openJob(options: JobOpeningOptions): Promise<OpenedJob> {
  const { jobId, highAvailability, services } = options;
  const { job: compiled, configuration, warnings } = compileJob(options.program, options.configuration);
  checkCheckpointOptions(configuration);
  const notes: JobNote[] = warnings.map((text) => ({ level: 'warn', text }));
  const register = await highAvailability.readRegister(jobId);
  if (register?.value.status === 'finished') throw new JobAlreadyFinishedError(jobId);
  const epoch = await highAvailability.claimEpoch();
  const store = new CompletedCheckpointStore({
    files: services.files, highAvailability, timers: services.timers, logger: services.logger, jobId, epoch,
    directory: options.checkpointDirectory, numRetained: configuration.get(checkpointOptions.numRetained),
  });
  const recovery = await store.recover({ reopen: options.start === 'resume' });
  notes.push(...recovery.notes.map((text): JobNote => ({ level: 'warn', text })));
  const { restored } = recovery;
  if (restored === undefined && options.restoreFrom !== undefined) return openFromSnapshot(options.restoreFrom, options, { compiled, configuration, epoch, store, recovery, notes });
  if (restored === undefined) {
    notes.push(...await beginHistory(compiled, options, epoch));
    return { compiled, configuration, graph: compiled.graph, epoch, store, recovery, base: undefined, notes };
  }
  if (options.start === 'fresh') throw new JobHistoryExistsError(jobId, restored.checkpoint.path);
  const graph = adoptRestored(compiled, restored.checkpoint.metadata, configuration);
  assignState(restored.checkpoint.metadata, graph, { allowNonRestoredState: configuration.get(clusterOptions.ignoreUnclaimedState) }); // what does not fit is told now
  return { compiled, configuration, graph, epoch, store, recovery, base: undefined, notes };
}

/** A history of its own that begins with somebody else's state. Repeated until the first own checkpoint has completed. */
async function openFromSnapshot(
  { path, allowNonRestoredState }: NonNullable<JobOpeningOptions['restoreFrom']>, options: JobOpeningOptions, opened: Omit<OpenedJob, 'graph' | 'base'>,
): Promise<OpenedJob> {
  const { compiled, epoch, recovery } = opened;
  const base = await readExternalSnapshot(options.services.files, path);
  const configuration = allowNonRestoredState ? opened.configuration.merge(Configuration.of({ [clusterOptions.ignoreUnclaimedState.key]: 'true' }, 'program')) : opened.configuration;
  const graph = adoptRestored(compiled, base.metadata, configuration);
  assignState(base.metadata, graph, { allowNonRestoredState: configuration.get(clusterOptions.ignoreUnclaimedState) });
  // The output that the snapshot's job has made stays: what is prepared in it becomes visible when this job commits it.
  const notes = [...opened.notes, ...await beginHistory(compiled, { ...options, earlierJobIds: [] }, epoch)];
  const nextCheckpointId = Math.max(recovery.nextCheckpointId, base.metadata.checkpointId + 1);
  return { ...opened, configuration, graph, base, notes, recovery: { ...recovery, nextCheckpointId } };
}

/** Sinks check their targets and make room for a new history. Idempotent, so that it may be repeated until the first checkpoint has completed. */
async function beginHistory(compiled: CompiledJob, options: JobOpeningOptions, epoch: LeaderEpoch): Promise<JobNote[]> {
  const notes: JobNote[] = [];
  for (const vertex of compiled.graph.vertices) {
    for (const { operatorId, name } of vertex.operators) {
      const spec = compiled.nodes.get(operatorId)?.spec;
      if (spec?.kind !== 'sink') continue;
      const report = await spec.sink.beginHistory?.({
        ...options.services, jobId: options.jobId, epoch, earlierJobIds: options.earlierJobIds, operatorName: name,
        replacing: options.replacing ?? (() => Promise.resolve()),
      });
      notes.push(...(report?.notes ?? []).map((text): JobNote => ({ level: 'info', text })));
    }
  }
  return notes;
}
