/** What streams need of their environment; keeps them apart from its public face. */
import type { LineWriter } from '@weir/connector';
import type { JobExecutionResult } from './job-executor.js';
import type { GraphBuilder } from './graph-builder.js';

export interface StreamContext {
  readonly builder: GraphBuilder;
  readonly writeLine: LineWriter;
  execute(jobName?: string): Promise<JobExecutionResult>;
}
