/** The block at the end of a run. */
import type { JobResult, JobStatus } from '@weir/cluster';
import type { JobGraph } from '@weir/graph';
import { count, duration, plainStyle, type Style } from './text.js';

/** Ids of a job's sources. */
export function sourceOperators(graph: JobGraph): ReadonlySet<string> {
  return new Set<string>(graph.vertices.filter((vertex) => vertex.inputCount === 0).map((vertex) => vertex.operators[0].operatorId));
}

/** Records that came out of the job's sources. */
export function sourceRecords(status: JobStatus, sources: ReadonlySet<string>): number {
  let records = 0;
  for (const { operators } of status.vertices) {
    for (const operator of operators) if (sources.has(operator.operatorId)) records += operator.recordsOut;
  }
  return records;
}

/** Records that sources could not read and passed over, because they were told to. */
export function skippedRecords({ vertices }: JobStatus): number {
  return vertices.reduce((sum, { operators }) => operators.reduce((inVertex, operator) => inVertex + operator.skippedRecords, sum), 0);
}

export interface SummaryOptions {
  readonly style?: Style;
  /** The command that goes on with a job that did not finish. */
  readonly goOn?: string;
}

export function renderSummary(result: JobResult, sources: ReadonlySet<string>, { style = plainStyle, goOn = 'weir run … --resume' }: SummaryOptions = {}): string[] {
  const { status, durationMs } = result;
  const records = sourceRecords(status, sources);
  const skipped = skippedRecords(status);
  const { last } = status.checkpoints;
  const perSecond = durationMs === 0 ? 0 : (records * 1000) / durationMs;
  const state = result.state === 'finished' ? style.green(result.state) : result.state === 'failed' ? style.red(result.state) : style.yellow(result.state);
  return [
    `${style.bold(status.jobName)}  ${state} after ${duration(durationMs)}`,
    `  records      ${count(records)} (${count(perSecond)}/s)${skipped === 0 ? '' : `, ${style.yellow(`${count(skipped)} skipped`)}`}`,
    `  checkpoints  ${status.checkpoints.completed}${status.checkpoints.failed === 0 ? '' : `, ${status.checkpoints.failed} failed`}`,
    `  restarts     ${status.restarts}`,
    ...(result.state === 'finished' || last === undefined ? [] : [`  to go on     ${goOn} (from checkpoint ${last.checkpointId} or a later one)`]),
  ];
}
