/** `weir plan`: the graph of a job, without running it. */
import { planJob } from '@weir/cluster';
import { buildStreamGraph, parseJobArguments } from '@weir/datastream';
import { describePlan, formatPlan } from '@weir/graph';
import type { PlanInvocation } from '../grammar/job-modules.js';
import { configurationOf } from '../configuration.js';
import { ExitCode, type CliIo } from '../io.js';
import { loadJob } from '../module/load-job.js';

export async function plan(invocation: PlanInvocation, io: CliIo): Promise<number> {
  const configuration = await configurationOf(invocation, io);
  const raw = parseJobArguments(invocation.jobArguments);
  const { definition, artifactHash } = await loadJob(invocation.module, io.workingDirectory, configuration);
  const graph = buildStreamGraph(definition, raw, configuration);
  const compiled = planJob(graph, configuration);
  const described = describePlan(compiled);
  io.out.write(invocation.json ? `${JSON.stringify({ ...described, graphHash: compiled.graph.hash, artifactHash })}\n` : formatPlan(described));
  return ExitCode.ok;
}
