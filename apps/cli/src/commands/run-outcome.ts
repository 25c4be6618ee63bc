/** How a run ends: its exit code, and the job's own words. */
import type { JobResult } from '@weir/cluster';
import type { JobDefinition } from '@weir/datastream';
import { readCommittedLines } from '../committed-lines.js';
import { ExitCode, type CliIo } from '../io.js';
import { renderError } from '../render/error.js';
import { sourceRecords } from '../render/summary.js';
import type { RunReporter } from '../run-reporter.js';

export function exitCodeOf(result: JobResult): number {
  return result.state === 'finished' ? ExitCode.ok : result.state === 'canceled' ? ExitCode.canceled : ExitCode.jobFailed;
}

/** A summary that fails is told and changes nothing: the job has finished. */
export async function tellSummary(
  definition: JobDefinition<unknown>, parameters: unknown, { result, sources }: { result: JobResult; sources: ReadonlySet<string> }, reporter: RunReporter, io: CliIo,
): Promise<void> {
  if (definition.summary === undefined) return;
  const records = sourceRecords(result.status, sources);
  try {
    reporter.summary(await definition.summary({
      params: parameters,
      readLines: (directory) => readCommittedLines(directory, {
        workingDirectory: io.workingDirectory, jobId: result.jobId,
        passedOver: (files) => reporter.note('warn', `files in ${directory} that other runs left there: ${files}; they are not in the summary, but who reads the directory reads them too`),
      }),
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
