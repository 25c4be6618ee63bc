import { describe, expect, it } from '@jest/globals';
import { AggregationTemporality, DataPointType, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { Telemetry } from '../src/index.js';

describe('given a meter with groups', () => {
  it('when metrics are collected / then each is a line with the labels of its group and its parents', () => {
    const telemetry = new Telemetry();
    let records = 5;
    const job = telemetry.meter.root().group({ job_name: 'word "count"' });
    const task = job.group({ task_name: 'map', subtask_index: '0' });
    task.observe('taskmanager.job.task.numRecordsIn', 'counter', () => records);
    job.group({ task_name: 'map', subtask_index: '1' }).observe('taskmanager.job.task.numRecordsIn', 'counter', () => 7);
    job.observe('jobmanager.job.numRestarts', 'gauge', () => 2);
    expect(telemetry.prometheusText()).toMatchInlineSnapshot(`
"# HELP flink_taskmanager_job_task_numRecordsIn Flink's metric numRecordsIn (counter)
# TYPE flink_taskmanager_job_task_numRecordsIn gauge
flink_taskmanager_job_task_numRecordsIn{job_name="word \\"count\\"",task_name="map",subtask_index="0"} 5
flink_taskmanager_job_task_numRecordsIn{job_name="word \\"count\\"",task_name="map",subtask_index="1"} 7
# HELP flink_jobmanager_job_numRestarts Flink's metric numRestarts (gauge)
# TYPE flink_jobmanager_job_numRestarts gauge
flink_jobmanager_job_numRestarts{job_name="word \\"count\\""} 2
"
`);
    records = 6;
    expect(telemetry.prometheusText()).toContain('flink_taskmanager_job_task_numRecordsIn{job_name="word \\"count\\"",task_name="map",subtask_index="0"} 6');
  });

  it('when a group is closed / then it and its children are not read again, and others still are', () => {
    const telemetry = new Telemetry();
    const [first, second] = ['a', 'b'].map((name) => telemetry.meter.root().group({ name }));
    let reads = 0;
    first.group({ inner: 'x' }).observe('numRecordsIn', 'gauge', () => ++reads);
    second.observe('numRecordsIn', 'gauge', () => 1);
    telemetry.prometheusText();
    first.close();
    expect(telemetry.prometheusText()).toContain('flink_numRecordsIn{name="b"} 1');
    expect(telemetry.prometheusText()).not.toContain('name="a"');
    expect(reads).toBe(1);
    second.close();
    expect(telemetry.prometheusText()).toBe('');
  });

  it('when a read throws or gives NaN / then only its own value is missing', () => {
    const telemetry = new Telemetry();
    const root = telemetry.meter.root();
    root.group({ name: 'throws' }).observe('uptime', 'gauge', () => {
      throw new Error('gone');
    });
    root.group({ name: 'nan' }).observe('uptime', 'gauge', () => Number.NaN);
    root.group({ name: 'fine' }).observe('uptime', 'gauge', () => -1);
    const text = telemetry.prometheusText();
    expect(text).toContain('flink_uptime{name="fine"} -1');
    expect(text).not.toMatch(/throws|nan/);
  });

  it('when thousands of series share a name / then none is lumped with another', () => {
    const telemetry = new Telemetry();
    for (let i = 0; i < 5000; i++) telemetry.meter.root().group({ subtask_index: String(i) }).observe('numRecordsIn', 'counter', () => i);
    const lines = telemetry.prometheusText().split('\n').filter((line) => line.startsWith('flink_numRecordsIn{subtask_index='));
    expect(lines).toHaveLength(5000);
  });

  it('when one name is observed as counter and as gauge / then it is refused', () => {
    const root = new Telemetry().meter.root();
    root.observe('numRecordsIn', 'counter', () => 1);
    expect(() => root.group({ a: 'b' }).observe('numRecordsIn', 'gauge', () => 1)).toThrow('is a counter');
  });

  it('when a group is used behind its close / then it is refused', () => {
    const group = new Telemetry().meter.root().group({ a: 'b' });
    group.close();
    expect(() => group.observe('numRecordsIn', 'counter', () => 1)).toThrow('after the close');
    expect(() => group.group({})).toThrow('after its close');
  });

  it('when an SDK is registered / then its readers see counters as sums and gauges as gauges', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const telemetry = new Telemetry({ api: provider.getMeter('weir') });
    const group = telemetry.meter.root().group({ subtask_index: '0' });
    group.observe('taskmanager.job.task.numRecordsIn', 'counter', () => 3);
    group.observe('taskmanager.job.task.busyTimeMsPerSecond', 'gauge', () => 250);
    await reader.forceFlush();
    const seen = exporter.getMetrics()[0].scopeMetrics[0].metrics.map(({ descriptor, dataPointType, dataPoints }) => [descriptor.name, dataPointType, dataPoints[0].value]);
    expect(seen).toEqual([
      ['flink.taskmanager.job.task.numRecordsIn', DataPointType.SUM, 3], ['flink.taskmanager.job.task.busyTimeMsPerSecond', DataPointType.GAUGE, 250],
    ]);
    await provider.shutdown();
  });
});
