/** `weir job cancel`: asks for it, and waits until the job has ended. */
import { jobId } from '@weir/base';
import type { WeirClient } from '@weir/client';
import { isTerminal } from '@weir/cluster';
import type { JobShowInvocation } from '../../grammar/jobs.js';
import { ExitCode, type CliIo } from '../../io.js';

export async function cancel(invocation: JobShowInvocation, client: WeirClient, io: CliIo): Promise<number> {
  const id = jobId(invocation.jobId);
  await client.cancel(id);
  const { status } = await client.waitFor(id, (job) => isTerminal(job.status.state));
  if (invocation.json) io.out.write(`${JSON.stringify({ jobId: id, state: status.state })}\n`);
  else io.err.write(`job ${id} is ${status.state}\n`);
  return status.state === 'canceled' ? ExitCode.ok : ExitCode.jobFailed;
}
