/**
 * Requests made from the document, then mutated. Strategy: any served operation, each parameter valid or hostile, each body valid, mutated or garbage.
 * Invariants: never a 5xx, an error is always Flink's error body, a success is always as documented, no secret leaves, nothing is polluted.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exampleArtifact } from '../src/fakes/index.js';
import { jarIdOf } from '../src/model/artifact-file.js';
import { allRoutes } from '../src/routes/index.js';
import { served } from './support/served.js';
import { documented, faults } from './support/validation.js';

const artifact = exampleArtifact();
/** Empty, `.` and `..` would make the path of another route. */
const pathPart = fc.string().filter((it) => !/^\.{0,2}$/.test(it)).map(encodeURIComponent);
const VALID: Readonly<Record<string, readonly string[]>> = {
  jobid: ['1', '2', '3', '4', '5', '0'].map((it) => it.repeat(32)), vertexid: ['a', 'b', 'c', 'd', '0'].map((it) => it.repeat(32)), triggerid: ['7'.repeat(32), '0'.repeat(32)],
  taskmanagerid: ['tm-1', 'tm-9'], jarid: [jarIdOf(artifact), `${'0'.repeat(64)}_x.ts`], logname: ['x.log'], checkpointid: ['1', '2', '3', '4', '99'], subtaskindex: ['0', '1', '7'], attempt: ['0', '1'],
};
const QUERY_NAMES = ['get', 'agg', 'subtasks', 'jobs', 'taskmanagers', 'mode', 'maxExceptions', 'failureLabelFilter', 'parallelism', 'programArg', 'savepointPath', 'entry-class', '__proto__'];
const BODY_NAMES = [
  'target-directory', 'targetDirectory', 'cancel-job', 'drain', 'formatType', 'triggerId', 'programArgsList', 'programArgs', 'parallelism', 'flinkConfiguration', 'savepointPath',
  'allowNonRestoredState', 'jobId', 'artifactHash', 'parameters', 'configuration', 'workingDirectory', 'restoreFrom', 'constructor',
];
const value = fc.oneof(
  fc.constantFrom<unknown>('cancel', 'CANONICAL', true, false, null, 0, -1, 1.5, 1e300, '', '1', 'min,max', 'numRecordsIn', '0-1', [], {}, ['--a', '1'], { a: 'b' }, { path: '/x' }, '7'.repeat(32), artifact.hash),
  fc.string(), fc.jsonValue({ maxDepth: 3 }),
);
const call = fc.constantFrom(...allRoutes.filter(({ bodyLimit }) => bodyLimit === 'json')).chain((route) => fc.record({
  route: fc.constant(route),
  params: fc.record(Object.fromEntries(Object.entries(VALID).map(([key, texts]) => [key, fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...texts) }, { weight: 1, arbitrary: pathPart })]))),
  query: fc.dictionary(fc.constantFrom(...QUERY_NAMES), fc.string({ maxLength: 20 }), { maxKeys: 3 }),
  body: fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...BODY_NAMES), value, { maxKeys: 5 }).map((it) => JSON.stringify(it)) },
    { weight: 1, arbitrary: fc.string() },
  ),
}));

describe('given requests made from the document and mutated', () => {
  it('when they arrive many at a time / then every answer is as documented or an error that says what to do', () => served(async (it) => {
    await it.gateway.addArtifact(artifact);
    it.gateway.operations.set('7'.repeat(32), { state: 'in-progress' });
    const operationOf = new Map([...documented].map(([id, { method, path }]) => [`${method.toUpperCase()} ${path}`, id]));
    await fc.assert(fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 16 }), async (calls) => {
      await Promise.all(calls.map(async ({ route, params, query, body }) => {
        const path = route.path.replace(/\{(\w+)\}/g, (_all, name: string) => (params as Record<string, string>)[name] ?? '');
        const answer = await it.get(`${path}?${new URLSearchParams(query).toString()}`, { method: route.method, ...(route.method === 'GET' ? {} : { body }) });
        expect(answer.text).not.toContain('CANARY');
        if (answer.status >= 400) {
          expect([400, 404, 409]).toContain(answer.status);
          expect(answer.json).toMatchObject({ errors: [expect.stringMatching(/\S/)] });
          return;
        }
        const operationId = operationOf.get(`${route.method} ${route.path}`);
        if (operationId !== undefined) expect({ path, faults: faults(operationId, answer.json) }).toEqual({ path, faults: [] });
        if (!it.gateway.stored.has(artifact.hash)) it.gateway.stored.set(artifact.hash, artifact);
      }));
      expect(Object.keys(Object.prototype)).toEqual([]);
    }), { numRuns: 60 });
    expect((await it.get('/overview')).status).toBe(200);
  }), 60_000);
});
