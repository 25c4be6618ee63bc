/** From a program to the job as it runs, with the configuration that the program itself sets. */
import type { Configuration } from '@weir/base';
import { type CheckpointMetadata, checkpointOptions } from '@weir/checkpoint';
import {
  adoptMaxParallelism, checkRestorable, checkUids, type CompiledJob, createJobGraph, effectiveConfiguration, type JobGraph, jobGraphOptions, type JobProgram, type StreamGraph,
} from '@weir/graph';
import { clusterOptions } from './cluster-options.js';

export interface ProgramTranslation {
  readonly job: CompiledJob;
  /** What the program set wins over what was given. */
  readonly configuration: Configuration;
  /** Sentences for the user. */
  readonly warnings: readonly string[];
}

/** A fresh instance of the job. Throws the graph's coded errors. */
export function compileJob(program: JobProgram, configuration: Configuration): ProgramTranslation {
  const streamGraph = program.instantiate();
  const job = planJob(streamGraph, configuration);
  return { job, configuration: effectiveConfiguration(streamGraph, configuration), warnings: checkUids(job) };
}

/** The job as it would run. Throws the graph's coded errors. */
export function planJob(graph: StreamGraph, configuration: Configuration): CompiledJob {
  const mayBeInFlight = effectiveConfiguration(graph, configuration).get(checkpointOptions.unaligned);
  return createJobGraph(graph, { ...jobGraphOptions(graph, configuration), localAggregationInChains: mayBeInFlight });
}

/** The graph with the checkpoint's max parallelisms. Throws `WEIR_RESTORE_MISMATCH`, `WEIR_UID_MISSING` when its state has no place in the job. */
export function adoptRestored(job: CompiledJob, metadata: CheckpointMetadata, configuration: Configuration): JobGraph {
  checkRestorable(metadata.operators, job, { allowNonRestoredState: configuration.get(clusterOptions.ignoreUnclaimedState) });
  return adoptMaxParallelism(job, metadata.operators).graph;
}
