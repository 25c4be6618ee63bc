import { describe, expect, it } from '@jest/globals';
import { WeirError } from '@weir/base';
import type { JobDetails, SubtaskInfo } from '@weir/cluster';
import { InMemoryMeter, RecordingTracer } from '@weir/ports';
import { EXAMPLE_NOW, exampleJob, exampleTaskManager, FakeClusterGateway } from '../src/fakes/index.js';
import { ClusterMetrics, ClusterMonitor, type ClusterReading, ClusterSpans } from '../src/index.js';
import { TaskRates } from '../src/metrics/task-rates.js';
import { served } from './support/served.js';

const JOB = '1'.repeat(32);
const [SOURCE, COUNT] = ['a'.repeat(32), 'b'.repeat(32)];
type Named = { id: string; value?: string }[];

/** The job as it is when every task has worked on: times and counts are added. */
function later(job: JobDetails, added: { busyMs?: number; idleMs?: number; backpressuredMs?: number; records?: number }): JobDetails {
  const { busyMs = 0, idleMs = 0, backpressuredMs = 0, records = 0 } = added;
  const subtasks = job.subtasks.map((it): SubtaskInfo => ({
    ...it, busyMs: it.busyMs + busyMs, idleMs: it.idleMs + idleMs, backpressuredMs: it.backpressuredMs + backpressuredMs,
    operators: it.operators.map((operator) => ({ ...operator, recordsIn: operator.recordsIn + records, recordsOut: operator.recordsOut + records })),
  }));
  return { ...job, subtasks };
}

describe('given metric paths', () => {
  it('when names are asked for / then there are the ones that clients look for', () => served(async ({ get }) => {
    const names = async (path: string): Promise<string[]> => ((await get(path)).json as Named).map(({ id }) => id);
    expect(await names('/jobmanager/metrics')).toEqual(['taskSlotsTotal', 'taskSlotsAvailable', 'numRegisteredTaskManagers', 'numRunningJobs']);
    expect(await names(`/jobs/${JOB}/metrics`)).toEqual(expect.arrayContaining([
      'uptime', 'numRestarts', 'numberOfCompletedCheckpoints', 'lastCheckpointDuration', 'lastCheckpointSize',
    ]));
    expect(await names(`/jobs/${JOB}/vertices/${SOURCE}/metrics`)).toEqual(expect.arrayContaining([
      '0.numRecordsIn', '1.busyTimeMsPerSecond', '0.Source__lines.numRecordsOut', '1.split.numRecordsIn',
    ]));
    expect(await names(`/jobs/${JOB}/vertices/${COUNT}/subtasks/0/metrics`)).toEqual(expect.arrayContaining(['numRecordsIn', 'currentInputWatermark', 'count.numRecordsIn']));
    expect(await names('/taskmanagers/metrics')).toContain('Status.JVM.Memory.Heap.Used');
  }));

  it('when values are asked for / then they are texts, and unknown names are left out', () => served(async ({ get }) => {
    expect((await get(`/jobs/${JOB}/metrics?get=numRestarts,nonsense,lastCheckpointSize`)).json).toEqual([{ id: 'numRestarts', value: '1' }, { id: 'lastCheckpointSize', value: '2000' }]);
    expect((await get(`/jobs/${JOB}/vertices/${COUNT}/metrics?get=0.currentInputWatermark,1.currentInputWatermark&get=1.numRecordsIn`)).json).toEqual([
      { id: '0.currentInputWatermark', value: '4000' }, { id: '1.currentInputWatermark', value: '9223372036854775807' }, { id: '1.numRecordsIn', value: '200' },
    ]);
    expect((await get(`/jobs/${JOB}/metrics?get=uptime`)).json).toEqual([{ id: 'uptime', value: '59950' }]);
  }));

  it('when they are aggregated / then over the chosen members, and not at all when a name exists nowhere', () => served(async ({ get }) => {
    const path = `/jobs/${JOB}/vertices/${COUNT}/subtasks/metrics`;
    expect((await get(`${path}?get=numRecordsIn`)).json).toEqual([{ id: 'numRecordsIn', min: 100, max: 200, avg: 150, sum: 300, skew: expect.closeTo(33.33, 1) }]);
    expect((await get(`${path}?get=numRecordsIn&agg=sum,MAX&subtasks=1-5`)).json).toEqual([{ id: 'numRecordsIn', sum: 200, max: 200 }]);
    expect((await get(`${path}?get=numRecordsIn,nonsense`)).json).toEqual([]);
    expect((await get(`/jobs/metrics?get=numRestarts&agg=sum&jobs=${JOB},${'2'.repeat(32)}`)).json).toEqual([{ id: 'numRestarts', sum: 2 }]);
    expect((await get('/taskmanagers/metrics?get=taskSlotsTotal&agg=sum&taskmanagers=tm-2')).json).toEqual([{ id: 'taskSlotsTotal', sum: 4 }]);
  }));

  it('when many vertices are asked about at once / then the cluster is read once', () => served(async ({ get, gateway }) => {
    await Promise.all([SOURCE, COUNT, 'c'.repeat(32), 'd'.repeat(32)].map((vertex) => get(`/jobs/${JOB}/vertices/${vertex}/subtasks/metrics?get=busyTimeMsPerSecond`)));
    expect(gateway.reads).toBe(1);
  }, { clock: { now: () => EXAMPLE_NOW, monotonic: () => 5 } }));

  it('when the page of metrics is asked for / then it is what was provided', () => served(async ({ get }) => {
    const answer = await get('/metrics');
    expect({ text: answer.text, type: answer.headers.get('content-type') }).toEqual({ text: 'flink_x 1\n', type: 'text/plain; version=0.0.4; charset=utf-8' });
  }, { metricsText: () => Promise.resolve('flink_x 1\n') }));
});

describe('given rates of subtasks', () => {
  it('when there is one reading / then they are over the life of the task; with two / then over what lies between', () => {
    const rates = new TaskRates();
    const job = exampleJob();
    rates.sample(job);
    const first = rates.of(job, job.subtasks[0]);
    expect(first).toMatchObject({ busyTimeMsPerSecond: expect.closeTo(1000 * (1000 / 3500)), backPressuredTimeMsPerSecond: expect.closeTo(1000 * (500 / 3500)) });
    const second = later(job, { busyMs: 600, idleMs: 300, backpressuredMs: 100, records: 50 });
    rates.sample(second);
    const rate = rates.of(second, second.subtasks[0]);
    expect(rate).toMatchObject({ busyTimeMsPerSecond: 600, idleTimeMsPerSecond: 300, backPressuredTimeMsPerSecond: 100, recordsInPerSecond: 50 });
  });

  it('when the last readings are long past / then the window is left behind', () => {
    const rates = new TaskRates();
    const job = exampleJob();
    rates.sample(job);
    let now = job;
    for (let i = 0; i < 30; i++) {
      now = later(now, i < 15 ? { busyMs: 1000 } : { idleMs: 1000 });
      rates.sample(now);
    }
    expect(rates.of(now, now.subtasks[0])).toMatchObject({ busyTimeMsPerSecond: 0, idleTimeMsPerSecond: 1000 });
  });

  it('when readings are a minute apart / then a rate is that of the last minute', () => {
    const rates = new TaskRates();
    const job = later(exampleJob(), { busyMs: 600_000 });
    rates.sample(job);
    let now = job;
    for (const busyMs of [30_000, 15_000]) {
      now = later(now, { busyMs, idleMs: 60_000 - busyMs });
      rates.sample(now);
    }
    expect(rates.of(now, now.subtasks[0])).toMatchObject({ busyTimeMsPerSecond: 250, idleTimeMsPerSecond: 750 });
  });

  it('when a task begins anew, has ended, or its job is forgotten / then nothing of before is counted', () => {
    const rates = new TaskRates();
    const job = exampleJob();
    rates.sample(later(job, { busyMs: 90_000, records: 1000 }));
    rates.sample(job);
    expect(rates.of(job, job.subtasks[0]).recordsInPerSecond).toBeCloseTo((100 * 1000) / 3500);
    const ended = exampleJob({ state: 'finished' });
    expect(rates.of(ended, ended.subtasks[0]).busyTimeMsPerSecond).toBe(0);
    rates.retain([]);
    expect(rates.of(job, job.subtasks[0]).busyTimeMsPerSecond).toBeGreaterThan(0);
  });
});

describe('given metrics of a cluster on a meter', () => {
  const reading = (jobs: readonly JobDetails[]): ClusterReading => ({
    jobs, now: EXAMPLE_NOW, taskManagers: [exampleTaskManager('tm-1')], overview: { taskManagers: 1, slotsTotal: 4, slotsAvailable: 3, leader: 'jm-1', epoch: 1 },
  });

  it('when it is read / then names, scopes and labels are those of Flink', () => {
    const meter = new InMemoryMeter();
    new ClusterMetrics(meter).update(reading([exampleJob()]));
    expect(meter.value('jobmanager.numRunningJobs')).toBe(1);
    expect(meter.value('jobmanager.taskSlotsAvailable')).toBe(3);
    expect(meter.value('jobmanager.job.numberOfCompletedCheckpoints', { job_id: JOB, job_name: 'word count' })).toBe(2);
    expect(meter.value('taskmanager.Status.JVM.Memory.Heap.Used', { tm_id: 'tm-1', host: 'host-1' })).toBe(2 ** 26);
    expect(meter.value('taskmanager.job.task.numRecordsIn', { job_name: 'word count', task_name: 'count', subtask_index: '1' })).toBe(200);
    expect(meter.value('taskmanager.job.task.operator.numRecordsIn', { operator_name: 'split', subtask_index: '0', tm_id: 'tm-1' })).toBe(100);
  });

  it('when it is read again / then values follow, and what is gone or has ended has no metrics', () => {
    const meter = new InMemoryMeter();
    const metrics = new ClusterMetrics(meter);
    metrics.update(reading([exampleJob(), exampleJob({ digit: '2' })]));
    const before = meter.collect().length;
    metrics.update(reading([later(exampleJob(), { records: 5 }), exampleJob({ digit: '2' })]));
    expect(meter.collect()).toHaveLength(before);
    expect(meter.value('taskmanager.job.task.numRecordsIn', { job_id: JOB, task_name: 'count', subtask_index: '1' })).toBe(205);
    metrics.update(reading([exampleJob({ state: 'finished' })]));
    expect(meter.collect().filter(({ name }) => name.includes('.job.'))).toEqual([]);
    metrics.close();
    expect(meter.collect()).toEqual([]);
  });
});

describe('given spans of a cluster', () => {
  it('when jobs are read again and again / then every ended checkpoint is told once', () => {
    const tracer = new RecordingTracer();
    const spans = new ClusterSpans(tracer, 0);
    spans.update([exampleJob()]);
    spans.update([exampleJob()]);
    expect(tracer.spans.map(({ name, attributes, startMs, endMs }) => [name, attributes.checkpointId, attributes.checkpointStatus, (endMs ?? 0) - startMs])).toEqual([
      ['Checkpoint', 1, 'COMPLETED', 51], ['Checkpoint', 2, 'COMPLETED', 52], ['Checkpoint', 3, 'FAILED', 53],
    ]);
    expect(tracer.spans[2].attributes).toMatchObject({ jobId: JOB, jobName: 'word count', failure: 'WEIR_USER_CODE_FAILED' });
  });

  it('when they ended before it began / then they are not told', () => {
    const tracer = new RecordingTracer();
    new ClusterSpans(tracer, EXAMPLE_NOW).update([exampleJob()]);
    expect(tracer.spans).toEqual([]);
  });

  it('when a job restarts / then its recovery lasts from the failure until all tasks run', () => {
    const tracer = new RecordingTracer();
    const spans = new ClusterSpans(tracer, EXAMPLE_NOW);
    const job = exampleJob();
    const failedAt = EXAMPLE_NOW - 500;
    const restarted = { ...job, status: { ...job.status, restarts: 2 }, exceptions: [{ ...job.exceptions[0], timestampMs: failedAt }, ...job.exceptions] };
    spans.update([job]);
    spans.update([{ ...restarted, status: { ...restarted.status, state: 'restarting' } }]);
    spans.update([{ ...restarted, subtasks: restarted.subtasks.map((it) => ({ ...it, state: 'initializing' as const })) }]);
    expect(tracer.spans).toEqual([]);
    const running = restarted.subtasks.map((it) => ({ ...it, stateTimestamps: { ...it.stateTimestamps, running: EXAMPLE_NOW - 100 } }));
    spans.update([{ ...restarted, subtasks: running }]);
    spans.update([{ ...restarted, subtasks: running }]);
    expect(tracer.spans).toEqual([{
      name: 'Recovery', startMs: failedAt, endMs: EXAMPLE_NOW - 100,
      attributes: { jobId: JOB, jobName: 'word count', restarts: 2, failure: 'WEIR_USER_CODE_FAILED', restoredCheckpointId: 1 },
    }]);
  });
});

describe('given a monitor of a cluster', () => {
  const clock = { now: () => 0, monotonic: () => 0 };
  it('when this JobManager leads / then metrics and spans are told, and overlapping calls read once', async () => {
    const [gateway, meter, tracer] = [new FakeClusterGateway(), new InMemoryMeter(), new RecordingTracer()];
    const monitor = new ClusterMonitor({ gateway, clock, meter, tracer });
    await Promise.all([monitor.observe(), monitor.observe()]);
    expect(gateway.asked).toBe(3);
    expect(meter.value('jobmanager.numRunningJobs')).toBe(2);
    expect(tracer.spans.length).toBeGreaterThan(0);
    await monitor.observe();
    expect(gateway.asked).toBe(6);
  });

  it('when it leads no more / then its metrics are withdrawn; another failure is thrown', async () => {
    const [gateway, meter] = [new FakeClusterGateway(), new InMemoryMeter()];
    const monitor = new ClusterMonitor({ gateway, clock, meter });
    await monitor.observe();
    gateway.failure = new WeirError({ code: 'WEIR_NOT_LEADER', domain: 'external', retry: 'later', message: 'x', hint: 'Y.' });
    await monitor.observe();
    expect(meter.collect()).toEqual([]);
    gateway.failure = new Error('broken');
    await expect(monitor.observe()).rejects.toThrow('broken');
  });
});
