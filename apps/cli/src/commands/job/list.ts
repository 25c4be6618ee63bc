/** `weir job list`: running and ended jobs, newest first. */
import type { WeirClient } from '@weir/client';
import type { JobDetails } from '@weir/cluster';
import type { JobListInvocation } from '../../grammar/jobs.js';
import { ExitCode, type CliIo } from '../../io.js';
import { table } from '../../render/table.js';
import { duration, slots } from '../../render/text.js';

export async function list({ json }: JobListInvocation, client: WeirClient, io: CliIo): Promise<number> {
  const jobs = await client.jobs();
  if (json) io.out.write(jobs.map((it) => `${JSON.stringify(summaryOf(it))}\n`).join(''));
  else if (jobs.length === 0) io.err.write(`there are no jobs at ${client.baseUrl}\n`);
  else io.out.write(renderJobs(jobs, io.clock.now()));
  return ExitCode.ok;
}

function summaryOf({ status, endedAtMs, missingSlots }: JobDetails): object {
  const { jobId, jobName, state, startedAtMs, restarts, checkpoints, progress } = status;
  return { jobId, jobName, state, startedAtMs, endedAtMs, restarts, checkpoints: checkpoints.completed, missingSlots, ...(progress === undefined ? {} : { progress }) };
}

export function renderJobs(jobs: readonly JobDetails[], nowMs: number): string {
  return table(
    ['job', 'id', 'state', 'started', 'took', 'checkpoints', 'restarts'],
    jobs.map(({ status, endedAtMs, missingSlots }) => [
      status.jobName, status.jobId, missingSlots > 0 ? `${status.state}, waits for ${slots(missingSlots)}` : status.state, new Date(status.startedAtMs).toISOString(),
      duration(Math.max(0, (endedAtMs || nowMs) - status.startedAtMs)), String(status.checkpoints.completed), String(status.restarts),
    ]),
  );
}
