/** `weir job savepoint`, `weir job stop`: a savepoint of a job that goes on, or that ends behind it. Both wait for it and print its path. */
import { resolve } from 'node:path';
import { jobId } from '@weir/base';
import type { WeirClient } from '@weir/client';
import { isTerminal } from '@weir/cluster';
import type { JobSavepointInvocation, JobStopInvocation } from '../../grammar/jobs.js';
import { ExitCode, type CliIo } from '../../io.js';

export async function savepoint(invocation: JobSavepointInvocation, client: WeirClient, io: CliIo): Promise<number> {
  const id = jobId(invocation.jobId);
  const path = await client.savepoint(id, directoryOf(invocation.directory, io));
  io.out.write(invocation.json ? `${JSON.stringify({ jobId: id, path })}\n` : `${path}\n`);
  return ExitCode.ok;
}

export async function stop(invocation: JobStopInvocation, client: WeirClient, io: CliIo): Promise<number> {
  const id = jobId(invocation.jobId);
  const targetDirectory = directoryOf(invocation.directory, io);
  const path = await client.stop(id, { drain: invocation.drain, ...(targetDirectory === undefined ? {} : { targetDirectory }) });
  const { status } = await client.waitFor(id, (job) => isTerminal(job.status.state));
  io.out.write(invocation.json ? `${JSON.stringify({ jobId: id, path, state: status.state })}\n` : `${path}\n`);
  return ExitCode.ok;
}

/** Relative to where the command was given; the processes of the cluster may be elsewhere. */
function directoryOf(directory: string | undefined, io: CliIo): string | undefined {
  return directory === undefined || directory.includes('://') ? directory : resolve(io.workingDirectory, directory);
}
