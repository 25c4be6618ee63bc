/**
 * Runs jobs for environments in scripts and tests (`env.execute()`, `executeAndCollect()`). A job whose sinks leave nothing outside this
 * process has no history worth keeping: its checkpoints lie in a temporary folder that goes with it, and any number may run at once.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RemoteFailureError, type Configuration } from '@weir/base';
import { checkpointOptions } from '@weir/checkpoint';
import type { JobProgram } from '@weir/graph';
import { ConsoleLogger, SystemClock } from '@weir/host-node';
import type { Logger } from '@weir/ports';
import { createLocalRunner } from './create-local-runner.js';
import { JobCanceledError } from './errors.js';
import type { LocalRunner } from './local-runner.js';

/** What a finished job leaves behind. */
export interface LocalExecutionResult {
  readonly jobId: string;
  readonly jobName: string;
  readonly netRuntimeMs: number;
}

export interface LocalExecutor {
  /** Runs the job to its end. Rejects with its failure, or with `WEIR_JOB_CANCELED`. */
  execute(program: JobProgram, configuration: Configuration): Promise<LocalExecutionResult>;
}

export interface LocalExecutorOptions {
  /** Default: {@link createLocalRunner}. */
  readonly runner?: LocalRunner;
  /** Takes warnings. Default: stderr. */
  readonly logger?: Logger;
}

export function createLocalExecutor(options: LocalExecutorOptions = {}): LocalExecutor {
  const logger = options.logger ?? new ConsoleLogger({ level: 'warn', clock: new SystemClock() });
  return {
    async execute(program, configuration) {
      const runner = options.runner ?? createLocalRunner({ configuration, logger });
      if (leavesOutput(program)) return execute(runner, program, configuration, logger);
      const folder = await mkdtemp(join(tmpdir(), 'weir-job-'));
      try {
        return await execute(runner, program, configuration.with(checkpointOptions.directory, folder), logger);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** True when a sink keeps track of histories, as those do that write outside the process. */
function leavesOutput(program: JobProgram): boolean {
  return program.instantiate().nodes.some(({ spec }) => spec.kind === 'sink' && spec.sink.beginHistory !== undefined);
}

async function execute(runner: LocalRunner, program: JobProgram, configuration: Configuration, logger: Logger): Promise<LocalExecutionResult> {
  // Scripts that give their jobs no names of their own must not take each other's output for their own.
  const run = await runner.start(program, { configuration, parameters: { script: process.argv[1] ?? '' }, resume: false });
  const jobName = program.jobName;
  if (run.kind === 'already-finished') return { jobId: run.history.jobId, jobName, netRuntimeMs: 0 };
  const unsubscribe = run.handle.onEvent((event) => {
    if (event.type === 'note' && event.level === 'warn') logger.log('warn', event.text);
  });
  const result = await run.result;
  unsubscribe();
  if (result.failure !== undefined) throw new RemoteFailureError(result.failure);
  if (result.state !== 'finished') throw new JobCanceledError(jobName);
  return { jobId: result.jobId, jobName, netRuntimeMs: result.durationMs };
}
