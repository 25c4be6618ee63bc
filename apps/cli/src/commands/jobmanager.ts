/** `weir jobmanager`: a JobManager in this process, in the foreground. */
import { runJobManager } from '@weir/jobmanager';
import { configurationOf } from '../configuration.js';
import type { ProcessInvocation } from '../grammar/processes.js';
import type { CliIo } from '../io.js';
import { processIo } from './process-io.js';

/** Ends the process itself: whatever may still be open, what had to be done is done. */
export async function jobmanager(invocation: ProcessInvocation, io: CliIo): Promise<number> {
  const code = await runJobManager(await configurationOf(invocation, io), processIo(io));
  io.exitNow(code);
  return code;
}
