import { describe, expect, it } from '@jest/globals';
import { jobId, WeirError } from '@weir/base';
import { RecordingLogger } from '@weir/ports';
import { RestServer, type RestServerOptions } from '@weir/rest';
import { exampleArtifact, exampleJob, FakeClusterGateway } from '@weir/rest/fakes';
import { WeirClient, type WeirClientOptions } from '../src/index.js';

const JOB = jobId('1'.repeat(32));
const request = { parameters: { input: 'a' }, configuration: { 'parallelism.default': '2' }, workingDirectory: '/home/me' };

async function connected(
  test: (it: { client: WeirClient; gateway: FakeClusterGateway; url: string }) => Promise<void>,
  { server: serverOptions = {}, client: clientOptions = {} }: { server?: Partial<RestServerOptions>; client?: WeirClientOptions } = {},
): Promise<void> {
  const gateway = new FakeClusterGateway();
  const server = new RestServer({ gateway, logger: new RecordingLogger(), host: '127.0.0.1', port: 0, ...serverOptions });
  const url = await server.start();
  try {
    await test({ client: new WeirClient(`${url}/`, { pollIntervalMs: 1, ...clientOptions }), gateway, url });
  } finally {
    await server.close();
  }
}

describe('given a client and a cluster', () => {
  it('when a job is submitted / then the cluster has its artifact and request as they were', () => connected(async ({ client, gateway }) => {
    const artifact = exampleArtifact();
    const restoreFrom = { path: '/sp/1', allowNonRestoredState: true };
    expect(await client.submit(artifact, { ...request, jobId: '6'.repeat(32), restoreFrom })).toBe('6'.repeat(32));
    expect(gateway.stored.get(artifact.hash)).toMatchObject({ name: artifact.name, code: artifact.code, map: artifact.map, openImports: artifact.openImports, entryFolderUrl: artifact.entryFolderUrl });
    expect(gateway.calls.at(-1)).toEqual({ method: 'submit', args: [{ ...request, jobId: '6'.repeat(32), restoreFrom, artifactHash: artifact.hash }] });
  }));

  it('when a plan is asked for / then it is that of the cluster', () => connected(async ({ client, gateway }) => {
    expect(await client.plan(exampleArtifact(), request)).toEqual(JSON.parse(JSON.stringify(gateway.jobList[0].plan)));
  }));

  it('when jobs and the cluster are read / then they are whole, without secrets', () => connected(async ({ client, gateway }) => {
    expect((await client.jobs()).map(({ status }) => status.state)).toEqual(gateway.jobList.map(({ status }) => status.state));
    const job = await client.job(JOB);
    expect(job.subtasks).toEqual(JSON.parse(JSON.stringify(gateway.jobList[0].subtasks)));
    expect(JSON.stringify(job)).not.toContain('CANARY');
    expect(await client.overview()).toEqual({ taskManagers: 2, slotsTotal: 8, slotsAvailable: 6, leader: 'jm-1', epoch: 3 });
    expect((await client.taskManagers()).map(({ id }) => id)).toEqual(['tm-1', 'tm-2']);
  }));

  it('when a job is cancelled / then the cluster hears of it', () => connected(async ({ client, gateway }) => {
    await client.cancel(JOB);
    expect(gateway.calls).toEqual([{ method: 'cancel', args: [JOB] }]);
  }));

  it('when a savepoint is made / then the client waits for its path', async () => {
    let polls = 0;
    let complete = (): unknown => undefined;
    await connected(async ({ client, gateway }) => {
      complete = () => gateway.operations.set('7'.repeat(32), { state: 'completed', location: '/sp/9' });
      expect(await client.savepoint(JOB, '/sp')).toBe('/sp/9');
      expect(gateway.calls).toEqual([{ method: 'savepoint', args: [JOB, { targetDirectory: '/sp', then: 'none' }] }]);
      expect(polls).toBe(3);
    }, { client: { sleep: async () => { if (++polls === 3) complete(); } } });
  });

  it('when a job is stopped / then drain and directory arrive, and a failure is thrown as it was', () => connected(async ({ client, gateway }) => {
    const failure = gateway.jobList[0].exceptions[0].failure;
    gateway.operations.set('7'.repeat(32), { state: 'failed', failure });
    await expect(client.stop(JOB, { drain: true, targetDirectory: '/sp' })).rejects.toMatchObject({ code: failure.code, message: failure.message, hint: failure.hint });
    expect(gateway.calls).toEqual([{ method: 'savepoint', args: [JOB, { targetDirectory: '/sp', then: 'drain' }] }]);
  }));

  it('when a job is waited for / then the first reading that fits is the answer', async () => {
    let looks = 0;
    let end = (): void => undefined;
    await connected(async ({ client, gateway }) => {
      end = () => { gateway.jobList = [exampleJob({ state: 'finished' })]; };
      expect((await client.waitFor(JOB, (job) => job.endedAtMs > 0)).status.state).toBe('finished');
      expect(looks).toBe(2);
    }, { client: { sleep: async () => { if (++looks === 2) end(); } } });
  });

  it('when it does not come in time / then a coded error says so', () => connected(async ({ client }) => {
    await expect(client.waitFor(JOB, () => false, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'WEIR_CLIENT_WAIT_TIMEOUT', details: { waitedMs: 5 } });
  }));

  it('when the leader is away for a while / then a wait goes on, and a single call says that it may be repeated', async () => {
    let sleeps = 0;
    let back = (): void => undefined;
    await connected(async ({ client, gateway }) => {
      gateway.failure = new WeirError({ code: 'WEIR_NOT_LEADER', domain: 'external', retry: 'later', message: 'not the leader', hint: 'Ask the leader.' });
      back = () => { gateway.failure = undefined; };
      await expect(client.jobs()).rejects.toMatchObject({ code: 'WEIR_REST_NO_LEADER', retry: 'later', status: 503 });
      expect((await client.waitFor(JOB, () => true)).status.jobId).toBe(JOB);
      expect(sleeps).toBe(2);
    }, { client: { sleep: async () => { if (++sleeps === 2) back(); } } });
  });

  it('when the cluster refuses / then the error has its code, hint, details and status', () => connected(async ({ client }) => {
    await expect(client.job(jobId('0'.repeat(32)))).rejects.toMatchObject({ code: 'WEIR_JOB_NOT_FOUND', hint: 'Look at the list of jobs.', status: 404, domain: 'user' });
    await expect(client.cancel(jobId('2'.repeat(32)))).rejects.toMatchObject({ code: 'WEIR_JOB_ALREADY_ENDED', status: 409 });
    await expect(client.submit({ ...exampleArtifact(), code: 'other' }, request)).rejects.toMatchObject({ code: 'WEIR_REST_ARTIFACT_HASH', status: 400 });
  }));

  it('when the cluster wants a token / then only the right one is let in', () => {
    const token = 'a-token-of-enough-length';
    return connected(async ({ client, url }) => {
      expect((await client.overview()).leader).toBe('jm-1');
      await expect(new WeirClient(url).overview()).rejects.toMatchObject({ code: 'WEIR_REST_UNAUTHORIZED', status: 401 });
      await expect(new WeirClient(url, { token: `${token}x` }).overview()).rejects.toMatchObject({ code: 'WEIR_REST_UNAUTHORIZED' });
    }, { server: { token }, client: { token } });
  });
});

describe('given no cluster', () => {
  it('when nobody listens / then the error names the URL and why', async () => {
    let closed = '';
    await connected(async ({ url }) => {
      closed = url;
    });
    await expect(new WeirClient(closed).jobs()).rejects.toMatchObject({ code: 'WEIR_CLUSTER_UNREACHABLE', details: { url: closed }, message: expect.stringContaining('ECONNREFUSED') });
  });

  it('when something else answers / then the error says that it is not a cluster', async () => {
    const client = new WeirClient('http://example.test', { fetch: () => Promise.resolve(new Response('<html>', { status: 200 })) });
    await expect(client.jobs()).rejects.toMatchObject({ code: 'WEIR_CLUSTER_UNREACHABLE', message: expect.stringContaining('not JSON') });
    const flink = new WeirClient('http://example.test', { fetch: () => Promise.resolve(new Response('{"errors":["Not found: /weir/jobs"]}', { status: 404 })) });
    await expect(flink.jobs()).rejects.toMatchObject({ code: 'WEIR_CLUSTER_ANSWER', message: 'Not found: /weir/jobs', status: 404 });
  });

  it('when the URL is not one / then it is refused at once', () => {
    for (const url of ['', 'localhost:8081', 'ftp://localhost', 'not a url']) expect(() => new WeirClient(url)).toThrow(expect.objectContaining({ code: 'WEIR_CLUSTER_URL_INVALID' }));
  });
});
