import { describe, expect, it } from '@jest/globals';
import { Telemetry } from '@weir/telemetry';
import { FakeClusterGateway } from '../src/fakes/index.js';
import { ClusterMonitor } from '../src/index.js';
import { served } from './support/served.js';

describe('given a JobManager with telemetry', () => {
  it("when its page of metrics is scraped / then every job's numbers are there under Flink's names and labels", () => {
    const telemetry = new Telemetry();
    const monitor = new ClusterMonitor({ gateway: new FakeClusterGateway(), clock: { now: () => 0, monotonic: () => 0 }, meter: telemetry.meter });
    return served(async ({ get }) => {
      const { text } = await get('/metrics');
      for (const line of [
        'flink_jobmanager_numRunningJobs{host="jm-1"} 2',
        'flink_jobmanager_taskSlotsTotal{host="jm-1"} 8',
        `flink_jobmanager_job_numberOfCompletedCheckpoints{host="jm-1",job_id="${'1'.repeat(32)}",job_name="word count"} 2`,
        'flink_taskmanager_Status_JVM_Memory_Heap_Used{host="host-1",tm_id="tm-1"} 67108864',
      ]) expect(text.split('\n')).toContain(line);
      expect(text).toMatch(/flink_taskmanager_job_task_numRecordsIn\{host="tm-1",tm_id="tm-1",task_id="b{32}",task_name="count",subtask_index="0",.*job_name="word count"\} 100\n/);
      expect(text).toMatch(/flink_taskmanager_job_task_operator_numRecordsIn\{.*operator_name="split".*\} 200\n/);
      for (const name of ['busyTimeMsPerSecond', 'idleTimeMsPerSecond', 'backPressuredTimeMsPerSecond', 'currentInputWatermark']) expect(text).toContain(`flink_taskmanager_job_task_${name}{`);
      expect(text.match(/^# TYPE (\S+) /gm)?.length).toBe(new Set(text.match(/^# TYPE (\S+) /gm)).size);
    }, {
      metricsText: async () => {
        await monitor.observe();
        return telemetry.prometheusText();
      },
    });
  });
});
