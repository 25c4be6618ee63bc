/** `weir cluster down`: ends all processes of a local cluster, also those whose supervisor is gone. */
import { resolve } from 'node:path';
import { ClusterDirectory } from '../../cluster/cluster-state.js';
import { endProcesses, markedProcesses } from '../../cluster/end-processes.js';
import type { ClusterInvocation } from '../../grammar/processes.js';
import { ExitCode, type CliIo } from '../../io.js';

/** Longer than the supervisor takes to end everything. */
const SUPERVISOR_GRACE_MS = 10_000;
const GRACE_MS = 5000;

export async function down(invocation: ClusterInvocation, io: CliIo): Promise<number> {
  const directory = new ClusterDirectory(resolve(io.workingDirectory, invocation.data));
  const state = directory.read();
  const before = [...(state === undefined ? [] : [state.supervisor, ...state.processes]), ...markedProcesses(directory.path)];
  const ended = new Set(before.map(({ pid }) => pid));
  if (state !== undefined) await endProcesses([state.supervisor], SUPERVISOR_GRACE_MS, io); // it ends the others in order
  await endProcesses([...(state?.processes ?? []), ...markedProcesses(directory.path)], GRACE_MS, io);
  directory.remove();
  if (invocation.json) io.out.write(`${JSON.stringify({ ended: [...ended] })}\n`);
  else io.err.write(before.length === 0 ? `no cluster runs in ${invocation.data}\n` : 'the cluster has ended; its jobs go on with the next `weir cluster up`\n');
  return ExitCode.ok;
}
