/** Every route of the document that is served, against a real server: status and body are the document's. */
import { describe, expect, it } from '@jest/globals';
import { exampleArtifact } from '../src/fakes/index.js';
import { jarIdOf } from '../src/model/artifact-file.js';
import { allRoutes } from '../src/routes/index.js';
import { served, type Served } from './support/served.js';
import { documented, faults } from './support/validation.js';

const JOB = '1'.repeat(32);
const TRIGGER = '7'.repeat(32);
const artifact = exampleArtifact();
const JAR = jarIdOf(artifact);
const params: Readonly<Record<string, string>> = {
  jobid: JOB, vertexid: 'b'.repeat(32), taskmanagerid: 'tm-1', checkpointid: '2', subtaskindex: '1', attempt: '1', triggerid: TRIGGER, jarid: JAR,
};
const bodies: Readonly<Record<string, unknown>> = {
  triggerSavepoint: { 'target-directory': '/sp', 'cancel-job': false, formatType: 'CANONICAL' },
  triggerStopWithSavepoint: { targetDirectory: '/sp', drain: true },
  submitJobFromJar: { entryClass: 'x', parallelism: '2', programArgs: '--input a --n 1', savepointPath: '', allowNonRestoredState: null },
  generatePlanFromJar: { programArgsList: ['--input', 'a'] },
};

const servedOperations = [...documented].filter(([, { method, path }]) => allRoutes.some((it) => it.method === method.toUpperCase() && it.path === path));

const pathOf = (path: string): string => path.replace(/\{(\w+)\}/g, (_all, name: string) => params[name]);

async function prepare({ gateway }: Served): Promise<void> {
  await gateway.addArtifact(artifact);
  gateway.operations.set(TRIGGER, { state: 'completed', location: '/sp/1' });
}

describe('given a cluster with jobs in every state', () => {
  for (const [operationId, { method, path, status }] of servedOperations) {
    if (operationId === 'uploadJar') continue;
    it(`when ${method.toUpperCase()} ${path} is asked / then status and body are as documented`, () => served(async (it) => {
      await prepare(it);
      for (const prefix of ['', '/v1']) {
        await prepare(it);
        const answer = method === 'get' ? await it.get(prefix + pathOf(path)) : await it.send(method.toUpperCase(), prefix + pathOf(path), bodies[operationId]);
        expect({ status: answer.status, faults: faults(operationId, answer.json) }).toEqual({ status, faults: [] });
        expect(answer.text).not.toContain('CANARY');
      }
    }));
  }

  it('when every job, vertex and checkpoint is walked through / then all answers are as documented', () => served(async (it) => {
    const ask = async (operationId: string, path: string): Promise<unknown> => {
      const answer = await it.get(path);
      expect({ path, status: answer.status, faults: answer.status === 200 ? faults(operationId, answer.json) : [] }).toEqual({ path, status: 200, faults: [] });
      expect(answer.text).not.toContain('CANARY');
      return answer.json;
    };
    const { jobs } = (await ask('getJobsOverview', '/jobs/overview')) as { jobs: { jid: string }[] };
    expect(jobs).toHaveLength(5);
    for (const { jid } of jobs) {
      const details = (await ask('getJobDetails', `/jobs/${jid}`)) as { vertices: { id: string }[] };
      await ask('getJobExecutionResult', `/jobs/${jid}/execution-result`);
      const { history } = (await ask('getCheckpointingStatistics', `/jobs/${jid}/checkpoints`)) as { history: { id: number }[] };
      for (const { id } of history) await ask('getCheckpointStatisticDetails', `/jobs/${jid}/checkpoints/details/${id}`);
      for (const { id } of details.vertices) {
        for (const [operationId, end] of [
          ['getJobVertexDetails', ''], ['getSubtasksTimes', '/subtasktimes'], ['getJobVertexTaskManagers', '/taskmanagers'],
          ['getJobVertexBackPressure', '/backpressure'], ['getJobVertexWatermarks', '/watermarks'], ['getJobVertexMetrics', '/metrics'],
          ['getAggregatedSubtaskMetrics', '/subtasks/metrics?get=numRecordsIn,busyTimeMsPerSecond'],
        ]) await ask(operationId, `/jobs/${jid}/vertices/${id}${end}`);
      }
    }
  }));

  it('when the routes are counted / then all that the dashboard needs are there', () => {
    const ids = servedOperations.map(([id]) => id);
    for (const id of [
      'getDashboardConfiguration', 'getClusterOverview', 'getTaskManagers', 'getTaskManagerDetails', 'getTaskManagerLogs', 'getJobsOverview', 'getJobDetails',
      'getJobPlan', 'getJobConfig', 'getJobExceptions', 'getCheckpointingStatistics', 'getCheckpointConfig', 'getCheckpointStatisticDetails', 'getJobMetrics',
      'getJobVertexDetails', 'getJobVertexBackPressure', 'getJobVertexWatermarks', 'getAggregatedSubtaskMetrics', 'cancelJob', 'cancelJobByGet',
      'triggerStopWithSavepoint', 'triggerSavepoint', 'getSavepointStatus', 'getJarList', 'uploadJar', 'deleteJar', 'submitJobFromJar', 'generatePlanFromJar',
      'getClusterConfigurationInfo', 'getJobManagerLogList', 'getAggregatedJobMetrics', 'getAggregatedTaskManagerMetrics', 'getSubtaskMetrics',
    ]) expect(ids).toContain(id);
  });
});
