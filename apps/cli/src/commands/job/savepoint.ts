/** `weir job savepoint`, `weir job stop`: a savepoint of a job that goes on, or that ends behind it. Both wait for it and print its path. */
import { jobId } from '@weir/base';
import type { WeirClient } from '@weir/client';
import { isTerminal } from '@weir/cluster';
import type { JobSavepointInvocation, JobStopInvocation } from '../../grammar/jobs.js';
import { ExitCode, type CliIo } from '../../io.js';
import { absolutePath } from '../../paths.js';

export async function savepoint(invocation: JobSavepointInvocation, client: WeirClient, io: CliIo): Promise<number> {
  const id = jobId(invocation.jobId);
  const path = await client.savepoint(id, invocation.directory === undefined ? undefined : absolutePath(invocation.directory, io));
  io.out.write(invocation.json ? `${JSON.stringify({ jobId: id, path })}\n` : `${path}\n`);
  return ExitCode.ok;
}

export async function stop(invocation: JobStopInvocation, client: WeirClient, io: CliIo): Promise<number> {
  const id = jobId(invocation.jobId);
  const { directory, drain } = invocation;
  const path = await client.stop(id, { drain, ...(directory === undefined ? {} : { targetDirectory: absolutePath(directory, io) }) });
  const { status } = await client.waitFor(id, (job) => isTerminal(job.status.state));
  io.out.write(invocation.json ? `${JSON.stringify({ jobId: id, path, state: status.state })}\n` : `${path}\n`);
  return ExitCode.ok;
}
