/** The live display of a running job: a pure function from a sample to lines. */
import type { JobStatus } from '@weir/cluster';
import type { JobSample } from './job-sample.js';
import { bytes, count, duration, fit, plainStyle, shortCount, slots, watermark, type Style } from './text.js';

export interface ProgressOptions {
  readonly columns: number;
  readonly style?: Style;
}

export function renderProgress(sample: JobSample, { columns, style = plainStyle }: ProgressOptions): string[] {
  const { status } = sample;
  const lines = [
    `${style.bold(fit(status.jobName, 40))}  ${stateText(status.state, style)}${waitText(status, style)}  ${style.dim(duration(sample.elapsedMs))}`,
    ...operatorTable(sample, columns, style),
    fit(`checkpoints ${checkpointText(sample)}   restarts ${status.restarts}`, columns),
  ];
  if (status.progress !== undefined) lines.push(progressBar(status.progress, sample.remainingMs, columns, style));
  return lines;
}

function stateText(state: JobStatus['state'], style: Style): string {
  switch (state) {
    case 'running': case 'finished': return style.green(state);
    case 'restarting': case 'cancelling': case 'canceled': return style.yellow(state);
    case 'failing': case 'failed': return style.red(state);
    case 'created': return state;
  }
}

function waitText({ missingSlots = 0 }: JobStatus, style: Style): string {
  return missingSlots === 0 ? '' : style.yellow(`, waits for ${slots(missingSlots)}`);
}

const HEADINGS = ['in', 'in/s', 'out', 'out/s', 'watermark'] as const;
const LEAST_NAME_WIDTH = 12;

function operatorTable(sample: JobSample, columns: number, style: Style): string[] {
  const rows: { name: string; cells: string[] }[] = [];
  for (const vertex of sample.status.vertices) {
    vertex.operators.forEach((operator, place) => {
      const rates = sample.rates.get(operator.operatorId);
      const subtasks = place === 0 && vertex.parallelism > 1 ? ` ×${vertex.parallelism}` : '';
      rows.push({
        name: `${place === 0 ? '' : '└ '}${operator.name}${subtasks}`,
        cells: [
          count(operator.recordsIn), shortCount(rates?.recordsInPerSecond ?? 0), count(operator.recordsOut),
          shortCount(rates?.recordsOutPerSecond ?? 0), watermark(operator.outputWatermark),
        ],
      });
    });
  }
  if (rows.length === 0) return [];
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row.cells[i].length)));
  const cellsWidth = widths.reduce((sum, width) => sum + width + 2, 0);
  const nameWidth = Math.max(LEAST_NAME_WIDTH, Math.min(Math.max(...rows.map((row) => row.name.length)), columns - cellsWidth));
  const line = (name: string, cells: readonly string[]): string =>
    fit([fit(name, nameWidth).padEnd(nameWidth), ...cells.map((cell, i) => cell.padStart(widths[i]))].join('  '), columns);
  return [style.dim(line('operator', HEADINGS)), ...rows.map((row) => line(row.name, row.cells))];
}

function checkpointText({ status, nowMs }: JobSample): string {
  const { completed, failed, last } = status.checkpoints;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  if (last === undefined) return `${completed}${failures}`;
  const age = duration(Math.max(0, nowMs - last.triggeredAtMs - last.durationMs));
  return `${completed}${failures}, last #${last.checkpointId} ${age} ago, took ${duration(last.durationMs)}, ${bytes(last.sizeBytes)}`;
}

function progressBar(progress: number, remainingMs: number | undefined, columns: number, style: Style): string {
  const share = Math.min(1, Math.max(0, progress));
  const tail = ` ${(share * 100).toFixed(0).padStart(3)} %${remainingMs === undefined ? '' : `, ${duration(remainingMs)} left`}`;
  const width = Math.max(10, Math.min(40, columns - tail.length - 2));
  const full = Math.round(share * width);
  return `[${style.green('█'.repeat(full))}${style.dim('░'.repeat(width - full))}]${tail}`;
}
