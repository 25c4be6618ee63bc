import { describe, expect, it } from '@jest/globals';
import { failureInfo, RemoteFailureError, WeirError } from '@weir/base';
import { RecordingLogger } from '@weir/ports';
import { FakeClusterGateway } from '../src/fakes/index.js';
import { RestServer } from '../src/index.js';
import { served } from './support/served.js';

const JOB = '1'.repeat(32);

function notLeader(restUrl?: string): WeirError {
  return new WeirError({
    code: 'WEIR_NOT_LEADER', domain: 'external', retry: 'later', message: 'jm-2 does not lead', hint: 'Ask the leader.', details: restUrl === undefined ? {} : { restUrl },
  });
}

describe('given requests that cannot be answered', () => {
  it.each([
    ['GET', '/nowhere', 404, 'WEIR_REST_NOT_FOUND'],
    ['GET', '/v2/overview', 404, 'WEIR_REST_NOT_FOUND'],
    ['GET', '/v1/v1/overview', 404, 'WEIR_REST_NOT_FOUND'],
    ['DELETE', '/overview', 404, 'WEIR_REST_NOT_FOUND'],
    ['POST', `/jobs/${JOB}`, 404, 'WEIR_REST_NOT_FOUND'],
    ['GET', '/jobs/xyz', 400, 'WEIR_REST_BAD_REQUEST'],
    ['GET', `/jobs/${'A'.repeat(32)}`, 400, 'WEIR_REST_BAD_REQUEST'],
    ['GET', `/jobs/${'0'.repeat(32)}`, 404, 'WEIR_JOB_NOT_FOUND'],
    ['GET', `/jobs/${'0'.repeat(32)}/status`, 404, 'WEIR_JOB_NOT_FOUND'],
    ['GET', `/jobs/${JOB}/vertices/${'0'.repeat(32)}`, 404, 'WEIR_REST_RESOURCE_NOT_FOUND'],
    ['GET', `/jobs/${JOB}/vertices/${'a'.repeat(32)}/subtasks/9`, 404, 'WEIR_REST_RESOURCE_NOT_FOUND'],
    ['GET', `/jobs/${JOB}/checkpoints/details/99`, 404, 'WEIR_REST_RESOURCE_NOT_FOUND'],
    ['GET', `/jobs/${JOB}/savepoints/${'0'.repeat(32)}`, 404, 'WEIR_OPERATION_NOT_FOUND'],
    ['GET', '/taskmanagers/tm-9', 404, 'WEIR_REST_RESOURCE_NOT_FOUND'],
    ['GET', '/taskmanagers/tm-9/metrics', 404, 'WEIR_REST_RESOURCE_NOT_FOUND'],
    ['GET', `/jobs/${JOB}/exceptions?maxExceptions=x`, 400, 'WEIR_REST_BAD_REQUEST'],
    ['GET', '/jobs/metrics?get=uptime&agg=median', 400, 'WEIR_REST_BAD_REQUEST'],
    ['GET', `/jobs/${JOB}/vertices/${'a'.repeat(32)}/subtasks/metrics?subtasks=a-b`, 400, 'WEIR_REST_BAD_REQUEST'],
    ['PATCH', `/jobs/${'2'.repeat(32)}`, 409, 'WEIR_JOB_ALREADY_ENDED'],
    ['PATCH', `/jobs/${JOB}?mode=stop`, 400, 'WEIR_REST_BAD_REQUEST'],
    ['POST', `/jars/${'a'.repeat(64)}_x.ts/run`, 400, 'WEIR_REST_BAD_REQUEST'],
    ['DELETE', `/jars/${'a'.repeat(64)}_x.ts`, 400, 'WEIR_REST_BAD_REQUEST'],
    ['GET', '/jobmanager/log', 404, 'WEIR_REST_RESOURCE_NOT_FOUND'],
  ])('when %s %s is asked / then the answer is %i %s', (method, path, status, code) => served(async ({ get }) => {
    const answer = await get(path, { method });
    expect({ status: answer.status, body: answer.json }).toEqual({
      status, body: { errors: [expect.stringMatching(/\S/)], weir: { code, message: expect.any(String), hint: expect.stringMatching(/\.$/), retry: expect.any(String), details: expect.any(Object) } },
    });
    const { errors, weir } = answer.json as { errors: string[]; weir: { message: string; hint: string } };
    expect(errors[0]).toContain(weir.message);
  }));

  it('when a log does not exist / then the text is the one that the dashboard knows', () => served(async ({ get }) => {
    expect((await get('/jobmanager/logs/x.log')).json).toMatchObject({ errors: ['File not found.'] });
  }));

  it.each([
    ['no JSON', '{', 400], ['an array', '[]', 400], ['a number in the wrong place', '{"target-directory": 7}', 400], ['a wrong format', '{"formatType":"X"}', 400],
    ['a wrong trigger id', '{"triggerId":"x"}', 400], ['an unknown key', '{"nobody":"knows"}', 202], ['nothing', '', 202], ['nulls', '{"triggerId":null,"cancel-job":null}', 202],
  ])('when a savepoint is asked for with %s / then the answer is fitting', (_what, body, status) => served(async ({ send }) => {
    expect((await send('POST', `/jobs/${JOB}/savepoints`, body)).status).toBe(status);
  }));

  it('when a job is cancelled again / then a canceled one is fine and a finished one is not', () => served(async ({ send, gateway }) => {
    expect(await send('PATCH', `/jobs/${JOB}?mode=cancel`)).toMatchObject({ status: 202, json: {} });
    expect((await send('PATCH', `/jobs/${'4'.repeat(32)}`)).status).toBe(202);
    expect((await send('PATCH', `/jobs/${'3'.repeat(32)}`)).status).toBe(409);
    expect(gateway.calls).toEqual([{ method: 'cancel', args: [JOB] }]);
  }));

  it('when a handler breaks / then nothing of the inside is told, and the log has it', () => served(async ({ get, gateway, logger }) => {
    gateway.failure = new TypeError('CANARY is not a function');
    const answer = await get('/overview');
    expect(answer).toMatchObject({ status: 500, json: { errors: ['internal server error'], weir: { code: 'WEIR_REST_INTERNAL' } } });
    expect(answer.text).not.toContain('CANARY');
    expect(logger.entries.at(-1)).toMatchObject({ level: 'error', fields: { error: 'CANARY is not a function' } });
    gateway.failure = undefined;
    expect((await get('/overview')).status).toBe(200);
  }));

  it.each([
    ['user', 'never', 400], ['external', 'later', 503], ['internal', 'restart', 500],
  ] as const)('when an error of domain %s and retry %s comes from another process / then the status is the same as here: %i %s', (domain, retry, status) => served(async ({ get, gateway }) => {
    const error = new WeirError({ code: 'WEIR_X', domain, retry, message: 'x', hint: 'Y.' });
    for (const failure of [error, new RemoteFailureError(failureInfo(error))]) {
      gateway.failure = failure;
      expect(await get('/overview')).toMatchObject({ status, json: { weir: { code: 'WEIR_X', hint: 'Y.' } } });
    }
  }));

  it('when a savepoint fails / then it is completed with a cause, as in Flink', () => served(async ({ get, gateway }) => {
    const failure = gateway.jobList[0].exceptions[0].failure;
    gateway.operations.set('7'.repeat(32), { state: 'failed', failure });
    expect((await get(`/jobs/${JOB}/savepoints/${'7'.repeat(32)}`)).json).toEqual({
      status: { id: 'COMPLETED' }, operation: { 'failure-cause': { class: failure.code, 'stack-trace': expect.stringContaining('Caused by: WEIR_USER_CODE_FAILED: x is undefined') } },
    });
  }));
});

describe('given a standby', () => {
  it('when it is asked / then it passes the request on with body and token, and the answer back', () => {
    const token = 'one-token-for-the-cluster';
    return served(async (leader) => {
      const gateway = new FakeClusterGateway();
      gateway.failure = notLeader(leader.url);
      const standby = new RestServer({ gateway, logger: new RecordingLogger(), host: '127.0.0.1', port: 0, token });
      const url = await standby.start();
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      try {
        const answer = await fetch(`${url}/jobs/${JOB}/savepoints?x=1`, { method: 'POST', headers, body: '{"target-directory":"/sp"}' });
        expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 202, body: { 'request-id': '7'.repeat(32) } });
        expect(leader.gateway.calls).toEqual([{ method: 'savepoint', args: [JOB, { targetDirectory: '/sp', then: 'none' }] }]);
        const missing = await fetch(`${url}/jobs/${'0'.repeat(32)}`, { headers });
        expect({ status: missing.status, body: await missing.json() }).toMatchObject({ status: 404, body: { weir: { code: 'WEIR_JOB_NOT_FOUND' } } });
      } finally {
        await standby.close();
      }
    }, { token });
  });

  it('when nobody leads, or the leader is gone / then the answer is 503 and says when to ask again', () => served(async ({ get, gateway }) => {
    for (const restUrl of [undefined, '', 'file:///etc/passwd', 'http://127.0.0.1:1']) {
      gateway.failure = notLeader(restUrl);
      const answer = await get('/overview');
      expect(answer).toMatchObject({ status: 503, json: { weir: { code: 'WEIR_REST_NO_LEADER', retry: 'later' } } });
      expect(answer.headers.get('retry-after')).toBe('2');
    }
  }));

  it('when two of them each take the other for the leader / then the request does not go in circles', () => served(async (a) => served(async (b) => {
    a.gateway.failure = notLeader(b.url);
    b.gateway.failure = notLeader(a.url);
    expect(await a.get('/weir/jobs')).toMatchObject({ status: 503, json: { weir: { code: 'WEIR_REST_NO_LEADER' } } });
    expect([a.gateway.asked, b.gateway.asked]).toEqual([1, 1]);
  })));

  it('when what it knows itself is asked for / then it answers itself', () => served(async ({ get, gateway }) => {
    gateway.failure = notLeader();
    expect((await get('/config')).status).toBe(200);
    expect((await get('/jobmanager/logs')).status).toBe(200);
  }));
});
