/** `weir run`: runs a job in this process, to its end or until Ctrl-C. */
import { jobProgram, parseJobArguments, type JobDefinition } from '@weir/datastream';
import type { JobResult } from '@weir/cluster';
import type { JobHandle } from '@weir/embedded';
import type { JobGraph } from '@weir/graph';
import { createLocalRunner } from '@weir/local';
import type { RunInvocation } from '../command-line.js';
import { readCommittedLines } from '../committed-lines.js';
import { ExitCode, type CliIo } from '../io.js';
import { loadJob } from '../module/load-job.js';
import { renderError } from '../render/error.js';
import { sourceRecords } from '../render/summary.js';
import { configurationOf } from '../run-configuration.js';
import { createReporter, type RunReporter } from '../run-reporter.js';

export async function run(invocation: RunInvocation, io: CliIo): Promise<number> {
  const configuration = configurationOf(invocation);
  const raw = parseJobArguments(invocation.jobArguments);
  const { definition } = await loadJob(invocation.module, io.workingDirectory, configuration);
  const parameters = definition.readParameters(raw);
  const program = jobProgram(definition, raw, configuration);

  const reporter = createReporter(io, invocation.json);
  const local = await createLocalRunner().start(program, {
    configuration, parameters: parameters as Readonly<Record<string, unknown>>, resume: invocation.resume,
  });
  if (local.kind === 'already-finished') {
    reporter.note('info', `this job finished already (history ${local.history.number}); run it without --resume to run it anew`);
    return ExitCode.ok;
  }
  for (const note of local.notes) reporter.note('info', note);
  reporter.follow(local.handle);
  const stopListening = cancelOnInterrupt(local.handle, reporter, io);
  const result = await local.result;
  stopListening();
  reporter.ended(result, local.graph);
  if (result.state === 'finished') await tellSummary(definition, parameters, { result, graph: local.graph }, reporter, io);
  return exitCodeOf(result);
}

function exitCodeOf(result: JobResult): number {
  return result.state === 'finished' ? ExitCode.ok : result.state === 'canceled' ? ExitCode.canceled : ExitCode.jobFailed;
}

/** The first Ctrl-C cancels the job, the second ends the process: what was not committed is found again by `--resume`. */
function cancelOnInterrupt(handle: JobHandle, reporter: RunReporter, io: CliIo): () => void {
  let interrupted = false;
  return io.onInterrupt(() => {
    if (interrupted) io.exitNow(ExitCode.canceled);
    interrupted = true;
    reporter.note('info', 'cancelling the job; Ctrl-C once more ends the process at once');
    handle.cancel();
  });
}

/** A summary that fails is told and changes nothing: the job has finished. */
async function tellSummary(
  definition: JobDefinition<unknown>, parameters: unknown, { result, graph }: { result: JobResult; graph: JobGraph }, reporter: RunReporter, io: CliIo,
): Promise<void> {
  if (definition.summary === undefined) return;
  const records = sourceRecords(result.status, graph);
  try {
    reporter.summary(await definition.summary({
      params: parameters,
      readLines: (directory) => readCommittedLines(directory, io.workingDirectory),
      run: {
        durationMs: result.durationMs,
        records,
        recordsPerSecond: result.durationMs === 0 ? 0 : (records * 1000) / result.durationMs,
        checkpoints: result.status.checkpoints.completed,
        restarts: result.status.restarts,
      },
    }));
  } catch (error) {
    reporter.note('warn', `the job finished, but its summary failed: ${renderError(error, { workingDirectory: io.workingDirectory }).join('\n  ')}`);
  }
}
