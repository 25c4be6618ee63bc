/** The block at the end of a run. */
import type { JobResult, JobStatus } from '@weir/cluster';
import { count, duration, plainStyle, type Style } from './text.js';

/** Records that came out of the sources: those operators that have no input. */
export function sourceRecords(status: JobStatus): number {
  let records = 0;
  for (const { operators } of status.vertices) {
    const head = operators.at(0);
    if (head !== undefined && head.recordsIn === 0) records += head.recordsOut;
  }
  return records;
}

export function renderSummary(result: JobResult, style: Style = plainStyle): string[] {
  const { status, durationMs } = result;
  const records = sourceRecords(status);
  const perSecond = durationMs === 0 ? 0 : (records * 1000) / durationMs;
  const state = result.state === 'finished' ? style.green(result.state) : result.state === 'failed' ? style.red(result.state) : style.yellow(result.state);
  return [
    `${style.bold(status.jobName)}  ${state} after ${duration(durationMs)}`,
    `  records      ${count(records)} (${count(perSecond)}/s)`,
    `  checkpoints  ${status.checkpoints.completed}${status.checkpoints.failed === 0 ? '' : `, ${status.checkpoints.failed} failed`}`,
    `  restarts     ${status.restarts}`,
  ];
}
