/** `weir job show`: operators, subtasks, checkpoints and failures of one job. */
import { jobId } from '@weir/base';
import type { WeirClient } from '@weir/client';
import type { JobDetails, VertexStatus } from '@weir/cluster';
import type { JobShowInvocation } from '../../grammar/jobs.js';
import { ExitCode, type CliIo } from '../../io.js';
import { renderFailure } from '../../render/error.js';
import { table } from '../../render/table.js';
import { bytes, count, duration, slots, styleFor, watermark, type Style } from '../../render/text.js';

/** As many as fit on a screen with the rest. */
const SHOWN = 5;

export async function show(invocation: JobShowInvocation, client: WeirClient, io: CliIo): Promise<number> {
  const details = await client.job(jobId(invocation.jobId));
  io.out.write(invocation.json ? `${JSON.stringify(details)}\n` : renderJob(details, { style: styleFor(io.out, io.environment), workingDirectory: io.workingDirectory, nowMs: io.clock.now() }));
  return ExitCode.ok;
}

interface Rendering {
  readonly style: Style;
  readonly workingDirectory: string;
  readonly nowMs: number;
}

export function renderJob(details: JobDetails, rendering: Rendering): string {
  const { status, endedAtMs, missingSlots, jobMaster, configuration, parameters } = details;
  const { style, nowMs } = rendering;
  const head = [
    `${style.bold(status.jobName)}  ${status.state}${missingSlots > 0 ? `, waits for ${slots(missingSlots)}` : ''}`,
    `  id          ${status.jobId}`,
    `  started     ${new Date(status.startedAtMs).toISOString()}, ${endedAtMs === 0 ? 'for' : 'took'} ${duration(Math.max(0, (endedAtMs || nowMs) - status.startedAtMs))}`,
    `  restarts    ${status.restarts}`,
    `  job master  ${jobMaster}`,
    ...settings('parameters', parameters),
    ...settings('set', configuration),
  ];
  return [head.join('\n'), operators(details), checkpoints(details), failures(details, rendering)].filter((part) => part !== '').map((part) => `${part.trimEnd()}\n`).join('\n');
}

function settings(title: string, values: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(values);
  return entries.length === 0 ? [] : [`  ${title.padEnd(10)}  ${entries.map(([key, value]) => `${key}=${value}`).join(' ')}`];
}

function operators({ status, subtasks }: JobDetails): string {
  const rows = status.vertices.flatMap((vertex) => {
    const nodes = [...new Set(subtasks.filter(({ vertexId }) => vertexId === vertex.vertexId).map(({ node }) => node))].filter((node) => node !== '').sort();
    const states = Object.entries(vertex.subtaskStates).filter(([, number]) => number > 0).map(([state, number]) => `${number} ${state}`).join(', ');
    return vertex.operators.map((operator, place) => [
      place === 0 ? operator.name : `└ ${operator.name}`, place === 0 ? String(vertex.parallelism) : '', count(operator.recordsIn), count(operator.recordsOut),
      watermark(operator.outputWatermark), ...(place === 0 ? [share(vertex.busyMs, vertex), share(vertex.backpressuredMs, vertex), states, nodes.join(' ')] : ['', '', '', '']),
    ]);
  });
  return table(['operator', 'subtasks', 'in', 'out', 'watermark', 'busy', 'backpressured', 'state', 'slots'], rows);
}

/** Of the time since the tasks of the vertex started. */
function share(ms: number, { busyMs, idleMs, backpressuredMs }: VertexStatus): string {
  const total = busyMs + idleMs + backpressuredMs;
  return total === 0 ? '-' : `${Math.round((100 * ms) / total)} %`;
}

function checkpoints({ checkpoints: { counts, history } }: JobDetails): string {
  const title = `checkpoints: ${counts.completed} completed, ${counts.failed} failed, ${counts.inProgress} in progress`;
  if (history.length === 0) return title;
  const rows = history.slice(0, SHOWN).map((it) => [
    String(it.checkpointId), it.kind, it.status, new Date(it.triggeredAtMs).toISOString(), it.status === 'in-progress' ? `${it.acknowledgedSubtasks} of ${it.subtasks}` : duration(it.durationMs),
    bytes(it.sizeBytes), it.path ?? it.failure?.message ?? '',
  ]);
  return `${title}\n${table(['id', 'kind', 'status', 'triggered', 'took', 'size', 'path'], rows)}`;
}

function failures({ exceptions, status }: JobDetails, { style, workingDirectory }: Rendering): string {
  const known = exceptions.length > 0 || status.failure === undefined ? exceptions : [{ failure: status.failure, timestampMs: 0, taskName: '', node: '' }];
  return known.slice(0, SHOWN).map(({ failure, timestampMs, taskName, node }) => [
    [timestampMs === 0 ? '' : new Date(timestampMs).toISOString(), taskName, node === '' ? '' : `on ${node}`].filter((it) => it !== '').join(' '),
    ...renderFailure(failure, { style, workingDirectory }),
  ].filter((line) => line !== '').join('\n')).join('\n');
}
