/** `weir taskmanager`: a TaskManager in this process, in the foreground. */
import { runTaskManager } from '@weir/taskmanager';
import { configurationOf } from '../configuration.js';
import type { TaskManagerInvocation } from '../grammar/processes.js';
import type { CliIo } from '../io.js';
import { processIo } from './process-io.js';

/** Ends the process itself: whatever may still be open, what had to be done is done. */
export async function taskmanager(invocation: TaskManagerInvocation, io: CliIo): Promise<number> {
  const code = await runTaskManager(await configurationOf(invocation, io), processIo(io));
  io.exitNow(code);
  return code;
}
