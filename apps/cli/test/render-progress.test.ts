import { describe, expect, it } from '@jest/globals';
import { jobId, operatorId, vertexId } from '@weir/base';
import type { JobStatus, OperatorStatus } from '@weir/cluster';
import { JobSampler } from '../src/render/job-sample.js';
import { renderEvent } from '../src/render/events.js';
import { renderProgress } from '../src/render/progress.js';
import { renderSummary, sourceOperators } from '../src/render/summary.js';
import { bytes, count, duration, shortCount, styleFor, watermark } from '../src/render/text.js';

const hex = (digit: string) => digit.repeat(32);
const operator = (digit: string, name: string, recordsIn: number, recordsOut: number, outputWatermark: number | null): OperatorStatus => ({
  operatorId: operatorId(hex(digit)), name, recordsIn, recordsOut, lateRecordsDropped: 0, skippedRecords: 0, fallbackRecords: 0, outputWatermark,
});
const status = (seconds: number, changes: Partial<JobStatus> = {}): JobStatus => ({
  jobId: jobId(hex('1')),
  jobName: 'late departures',
  state: 'running',
  startedAtMs: 0,
  restarts: 0,
  checkpoints: { completed: 0, failed: 0, inProgress: 0 },
  vertices: [
    {
      vertexId: vertexId(hex('a')), name: 'flights', parallelism: 2, subtaskStates: { running: 2 }, busyMs: 0, idleMs: 0, backpressuredMs: 0,
      operators: [operator('a', 'Source: flights', 0, 400_000 * seconds, null), operator('b', 'Filter', 400_000 * seconds, 1234 * seconds, Date.UTC(2001, 0, 2))],
    },
    {
      vertexId: vertexId(hex('c')), name: 'delays', parallelism: 1, subtaskStates: { running: 1 }, busyMs: 0, idleMs: 0, backpressuredMs: 0,
      operators: [operator('c', 'Window(TumblingEventTimeWindows(3600000))', 1234 * seconds, 56 * seconds, Number.MAX_VALUE)],
    },
  ],
  ...changes,
});

const vertexOfSource = {
  id: vertexId(hex('a')), name: 'flights', parallelism: 2, maxParallelism: 128, maxParallelismExplicit: false, slotSharingGroup: 'default',
  operators: [{ operatorId: operatorId(hex('a')), name: 'Source: flights', uid: 'flights', kind: 'source', stateful: true, outputs: [] }],
} as const;

function sampleAfter(seconds: number, changes: (at: number) => Partial<JobStatus>) {
  const sampler = new JobSampler();
  sampler.sample(status(seconds - 1, changes(seconds - 1)), (seconds - 1) * 1000, (seconds - 1) * 1000);
  return sampler.sample(status(seconds, changes(seconds)), seconds * 1000, seconds * 1000);
}

describe('the live display', () => {
  it('shows operators with records, rates and watermarks, checkpoints, restarts, and how far bounded input is', () => {
    const last = { checkpointId: 7, triggeredAtMs: 3000, durationMs: 120, sizeBytes: 34_567, path: 'chk-7-1' };
    const sample = sampleAfter(5, (at) => ({ progress: at / 10, restarts: 1, checkpoints: { completed: 7, failed: 2, inProgress: 0, last } }));
    expect(renderProgress(sample, { columns: 110 }).join('\n')).toMatchInlineSnapshot(`
"late departures  running  5.0 s
operator                                          in   in/s        out  out/s             watermark
Source: flights ×2                                 0      0  2,000,000   400k                     -
└ Filter                                   2,000,000   400k      6,170  1.23k  2001-01-02T00:00:00Z
Window(TumblingEventTimeWindows(3600000))      6,170  1.23k        280     56                   end
checkpoints 7, 2 failed, last #7 1.9 s ago, took 120 ms, 33.8 KB   restarts 1
[████████████████████░░░░░░░░░░░░░░░░░░░░]  50 %, 5.0 s left"
`);
  });

  it('fits a narrow terminal', () => {
    const lines = renderProgress(sampleAfter(5, (at) => ({ progress: at / 10 })), { columns: 60 });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('of unbounded input has no bar; before the first look back there are no rates', () => {
    const sample = new JobSampler().sample(status(1), 1000, 1000);
    expect(renderProgress(sample, { columns: 110 }).join('\n')).not.toMatch(/%/);
    expect([...sample.rates.values()].every((it) => it.recordsInPerSecond === 0)).toBe(true);
  });

  it('given a restart that sets counters back / then rates are 0, not negative', () => {
    const sampler = new JobSampler();
    sampler.sample(status(9), 9000, 9000);
    const sample = sampler.sample(status(1), 9500, 9500);
    expect(Math.min(...[...sample.rates.values()].map((it) => it.recordsOutPerSecond))).toBe(0);
  });
});

describe('plain lines', () => {
  const lines = (event: Parameters<typeof renderEvent>[0]) => renderEvent(event, { workingDirectory: '/' });
  const failure = { code: 'WEIR_X', name: 'E', message: 'boom', hint: 'Mend it.', stack: '', retry: 'restart', details: {} } as const;

  it('tell each event in a line or two', () => {
    const checkpoint = { checkpointId: 3, triggeredAtMs: 0, durationMs: 15, sizeBytes: 2048, path: '' };
    expect([
      ...lines({ type: 'restored', checkpointId: undefined }), ...lines({ type: 'restored', checkpointId: 3 }),
      ...lines({ type: 'checkpoint-completed', checkpoint }), ...lines({ type: 'checkpoint-failed', checkpointId: 4, failure }),
      ...lines({ type: 'restarting', failure, delayMs: 1000, restart: 2 }), ...lines({ type: 'state', from: 'restarting', to: 'running' }),
      ...lines({ type: 'state', from: 'created', to: 'running' }), ...lines({ type: 'note', level: 'warn', text: 'operator map has no uid' }),
    ].join('\n')).toMatchInlineSnapshot(`
      "started from the beginning
      restored from checkpoint 3
      checkpoint 3 completed in 15 ms, 2.0 KB
      checkpoint 4 failed: boom
      restart 2 in 1.0 s: error WEIR_X: boom
      hint: Mend it.
      running again
      warning: operator map has no uid"
    `);
  });

  it('end with a summary', () => {
    const result = { jobId: jobId(hex('1')), state: 'finished', durationMs: 5000, status: status(5, { checkpoints: { completed: 3, failed: 0, inProgress: 0 } }) } as const;
    const graph = {
      jobName: 'late departures', edges: [], hash: '',
      vertices: [{ ...vertexOfSource, inputCount: 0 }, { ...vertexOfSource, id: vertexId(hex('c')), operators: [], inputCount: 1 }],
    } as const;
    expect(renderSummary(result, sourceOperators(graph)).join('\n')).toMatchInlineSnapshot(`
      "late departures  finished after 5.0 s
        records      2,000,000 (400,000/s)
        checkpoints  3
        restarts     0"
    `);
  });
});

describe('numbers as people read them', () => {
  it('are short', () => {
    expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0, 999, 999.6, 1000, 12_345, 4_560_000, 2e9].map(shortCount)).toEqual(['0', '999', '1.00k', '1.00k', '12.3k', '4.56M', '2.00G']);
    expect([0, 1023, 1024, 1536, 5 * 1024 ** 3].map(bytes)).toEqual(['0 B', '1023 B', '1.0 KB', '1.5 KB', '5.0 GB']);
    expect([0, 87, 3210, 245_000, 7_380_000].map(duration)).toEqual(['0 ms', '87 ms', '3.2 s', '4 min 05 s', '2 h 03 min']);
    expect([null, -Number.MAX_VALUE, 0, 1, Number.MAX_VALUE].map(watermark)).toEqual(['-', '-', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00.001Z', 'end']);
  });

  it('are coloured on a terminal, unless NO_COLOR is set', () => {
    const terminal = { isTerminal: true };
    expect(styleFor(terminal, {}).red('x')).toContain('\u001b');
    expect(styleFor(terminal, { NO_COLOR: '1' }).red('x')).toBe('x');
    expect(styleFor(terminal, { NO_COLOR: '' }).red('x')).toContain('\u001b');
    expect(styleFor(terminal, { TERM: 'dumb' }).red('x')).toBe('x');
    expect(styleFor({ isTerminal: false }, {}).red('x')).toBe('x');
  });
});
