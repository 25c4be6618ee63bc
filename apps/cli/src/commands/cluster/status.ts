/** `weir cluster status`: processes of a local cluster, and what its leader says. Exit code 1 when none runs or a process is missing. */
import { resolve } from 'node:path';
import { isAlive } from '@weir/host-node';
import { restOptions } from '@weir/rest';
import { overview, type Overview } from '../../cluster/cluster-readiness.js';
import { ClusterDirectory, type ClusterState } from '../../cluster/cluster-state.js';
import { configurationOf } from '../../configuration.js';
import { ClusterNotRunningError } from '../../errors.js';
import type { ClusterInvocation } from '../../grammar/processes.js';
import { ExitCode, type CliIo } from '../../io.js';
import { table } from '../../render/table.js';
import { describeShape } from './describe.js';

interface ProcessStatus {
  readonly role: string;
  readonly id: string;
  readonly pid: number;
  readonly alive: boolean;
  readonly restarts: number;
  readonly rest?: string;
}

export async function status(invocation: ClusterInvocation, io: CliIo): Promise<number> {
  const state = new ClusterDirectory(resolve(io.workingDirectory, invocation.data)).read();
  if (state === undefined) throw new ClusterNotRunningError(invocation.data);
  const processes = processStatuses(state);
  const token = (await configurationOf(invocation, io)).get(restOptions.token);
  const answer = await firstAnswer(state, token);
  const complete = processes.every(({ alive }) => alive) && processes.length === expectedProcesses(state) && typeof answer !== 'string';
  if (invocation.json) {
    io.out.write(`${JSON.stringify({ state: state.state, rest: state.rest, nats: state.nats, complete, ...(typeof answer === 'string' ? { problem: answer } : answer), processes })}\n`);
  } else {
    io.out.write(render(state, processes, answer));
  }
  return complete ? ExitCode.ok : ExitCode.jobFailed;
}

function processStatuses(state: ClusterState): ProcessStatus[] {
  const supervisor = { role: 'supervisor', id: 'supervisor', pid: state.supervisor.pid, alive: isAlive(state.supervisor), restarts: 0 };
  return [supervisor, ...state.processes.map((it) => ({
    role: it.role, id: it.id, pid: it.pid, alive: isAlive(it), restarts: it.restarts, ...(it.rest === undefined ? {} : { rest: it.rest }),
  }))];
}

function expectedProcesses({ shape }: ClusterState): number {
  return 1 + shape.jobManagers + shape.taskManagers + (shape.nats === 'auto' ? 1 : 0);
}

/** Of the first JobManager that answers; else why the last one does not. */
async function firstAnswer(state: ClusterState, token: string | undefined): Promise<Overview | string> {
  let answer: Overview | string = 'no JobManager runs';
  for (const { rest } of state.processes) {
    if (rest === undefined) continue;
    answer = await overview(rest, token);
    if (typeof answer !== 'string') return answer;
    answer = `${rest} ${answer}`;
  }
  return answer;
}

function render(state: ClusterState, processes: readonly ProcessStatus[], answer: Overview | string): string {
  const rows = processes.map((it) => [it.id, String(it.pid), it.alive ? 'runs' : 'gone', String(it.restarts), it.rest ?? '']);
  const cluster = typeof answer === 'string' ? answer
    : `${answer.taskmanagers} TaskManagers, ${answer['slots-available']} of ${answer['slots-total']} slots free, ${answer['jobs-running']} jobs running`;
  return `${state.rest}  ${state.state}: ${describeShape(state.shape)}\n${cluster}\n\n${table(['process', 'pid', 'state', 'restarts', 'REST'], rows)}`;
}
