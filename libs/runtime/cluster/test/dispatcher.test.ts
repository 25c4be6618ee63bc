/** The Dispatcher behind its gateway, in one JobManager under virtual time; JobMasters follow a script. */
import { describe, expect, it } from '@jest/globals';
import { failureInfo, jobId, type JobId } from '@weir/base';
import type { ClusterGateway } from '../src/index.js';
import { artifact, JobManagers, request } from './support/job-managers.js';
import type { ScriptedJobMaster } from './support/scripted-job-masters.js';

const JOB = jobId('0123456789abcdef0123456789abcdef');

async function setUp(seed: string, values: Readonly<Record<string, string>> = {}): Promise<{ cluster: JobManagers; gateway: ClusterGateway }> {
  const cluster = new JobManagers(seed, values);
  cluster.start('jm-1');
  return { cluster, gateway: await cluster.ready() };
}

async function withAJob(seed: string, values: Readonly<Record<string, string>> = {}): Promise<{ cluster: JobManagers; gateway: ClusterGateway; master: ScriptedJobMaster }> {
  const { cluster, gateway } = await setUp(seed, values);
  await cluster.world.resolved(gateway.submit(request({ jobId: JOB })));
  return { cluster, gateway, master: cluster.masters.running(JOB) as ScriptedJobMaster };
}

const stateOf = async (cluster: JobManagers, gateway: ClusterGateway, job: JobId = JOB): Promise<string> =>
  (await cluster.world.resolved(gateway.job(job))).status.state;

describe('the Dispatcher', () => {
  it('given a submission / then its job is started once, however often it is submitted', async () => {
    const { cluster, gateway } = await setUp('once');
    const ids = await cluster.world.resolved(Promise.all([1, 2, 3].map(() => gateway.submit(request({ jobId: JOB })))));
    ids.push(await cluster.world.resolved(gateway.submit(request({ jobId: JOB }))));
    expect(ids).toEqual([JOB, JOB, JOB, JOB]);
    expect(cluster.masters.all.map(({ how }) => how.start)).toEqual(['fresh']);
    cluster.masters.running(JOB)?.end('finished');
    await cluster.world.runFor(100);
    expect(await cluster.world.resolved(gateway.submit(request({ jobId: JOB })))).toBe(JOB);
    expect(cluster.masters.all).toHaveLength(1);
  });

  it('given no job id / then it draws one', async () => {
    const { cluster, gateway } = await setUp('drawn');
    const one = await cluster.world.resolved(gateway.submit(request()));
    const other = await cluster.world.resolved(gateway.submit(request()));
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(other).not.toBe(one);
    expect((await cluster.world.resolved(gateway.jobs())).map(({ status }) => status.jobId)).toEqual([other, one]);
  });

  it('given requests that cannot be / then they are refused by code', async () => {
    const { cluster, gateway } = await withAJob('refused');
    const unknown = jobId('f'.repeat(32));
    const code = async (asked: Promise<unknown>): Promise<string> => cluster.world.resolved(asked.then(() => 'none', (error: { code: string }) => error.code));
    expect(await code(gateway.submit(request({ artifactHash: 'a'.repeat(64) })))).toBe('WEIR_ARTIFACT_NOT_FOUND');
    expect(await code(gateway.submit(request({ artifactHash: '../x' })))).toBe('WEIR_ID_INVALID');
    expect(await code(gateway.submit(request({ jobId: '../x' })))).toBe('WEIR_ID_INVALID');
    expect(await code(gateway.job(unknown))).toBe('WEIR_JOB_NOT_FOUND');
    expect(await code(gateway.cancel(unknown))).toBe('WEIR_JOB_NOT_FOUND');
    expect(await code(gateway.operation(JOB, 'a'.repeat(32)))).toBe('WEIR_OPERATION_NOT_FOUND');
    expect(await code(gateway.savepoint(JOB, { then: 'none', triggerId: 'x' }))).toBe('WEIR_ID_INVALID');
    expect(await code(gateway.removeArtifact(artifact().hash))).toBe('WEIR_ARTIFACT_IN_USE');
    expect(await code(gateway.addArtifact({ ...artifact(), code: 'other' }))).toBe('WEIR_ARTIFACT_HASH_MISMATCH');
    expect(cluster.fatal).toEqual([]);
  });

  it('given a job that is wrong / then the submission is rejected with its code, also when it is repeated, and nothing is started again', async () => {
    const { cluster, gateway } = await setUp('rejected');
    cluster.masters.rejection = () => ({ ...failureInfo(new Error('no sink')), code: 'WEIR_GRAPH_NO_SINK', hint: 'Add a sink.', retry: 'never' });
    for (const round of [1, 2]) {
      await expect(cluster.world.resolved(gateway.submit(request({ jobId: JOB })))).rejects.toMatchObject({ code: 'WEIR_GRAPH_NO_SINK', hint: 'Add a sink.' });
      expect(round).toBeLessThan(3);
    }
    expect(cluster.masters.all).toHaveLength(1);
    expect(await cluster.registerOf(JOB)).toBe('failed');
    expect(await stateOf(cluster, gateway)).toBe('failed');
    cluster.world.restart('jm-1');
    cluster.start('jm-1');
    const again = await cluster.ready();
    await expect(cluster.world.resolved(again.submit(request({ jobId: JOB })))).rejects.toMatchObject({ code: 'WEIR_GRAPH_NO_SINK' });
    expect(cluster.masters.all).toHaveLength(1);
  });

  it('given a JobMaster that dies / then another one follows, later each time, until the job has ended', async () => {
    const { cluster, gateway, master } = await withAJob('dies');
    const delays: number[] = [];
    let dead = master;
    for (let deaths = 1; deaths <= 4; deaths++) {
      const diedMs = cluster.world.nowMs;
      dead.die();
      await cluster.world.until(() => cluster.masters.running(JOB) !== dead);
      delays.push(cluster.world.nowMs - diedMs);
      dead = cluster.masters.running(JOB) as ScriptedJobMaster;
      expect(dead.how.start).toBe('recover');
    }
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays[3]).toBeGreaterThanOrEqual(800);
    const details = await cluster.world.resolved(gateway.job(JOB));
    expect(details.status.restarts).toBe(4);
    expect(details.exceptions.map(({ failure }) => failure.code)).toEqual(['WEIR_JOB_MASTER_LOST', 'WEIR_JOB_MASTER_LOST', 'WEIR_JOB_MASTER_LOST', 'WEIR_JOB_MASTER_LOST']);
    dead.end('failed', failureInfo(new Error('broken')));
    await cluster.world.runFor(100);
    const ended = await cluster.world.resolved(gateway.job(JOB));
    expect(ended).toMatchObject({ status: { state: 'failed', failure: { message: 'broken' } }, jobMaster: '' });
    expect(ended.exceptions[0].failure.message).toBe('broken');
  });

  it('given a JobMaster that dies after it had recorded the end / then the job has ended', async () => {
    const { cluster, gateway, master } = await withAJob('last words');
    const ha = cluster.masters.highAvailability(JOB);
    await ha.compareAndSetRegister(JOB, 1, { epoch: master.epoch as number, status: 'finished' });
    master.die();
    await cluster.world.runFor(5000);
    expect(cluster.masters.all).toHaveLength(1);
    expect(await stateOf(cluster, gateway)).toBe('finished');
  });

  it('given a JobMaster that says that its job has ended while the register does not / then the job goes on', async () => {
    const { cluster, gateway, master } = await withAJob('no word for it');
    master.tell({ type: 'job-ended', jobId: JOB, result: { jobId: JOB, state: 'failed', status: master.status('failed'), durationMs: 1, failure: failureInfo(new Error('deposed')) } });
    await cluster.world.until(() => cluster.masters.running(JOB) !== master);
    await cluster.world.runFor(100);
    expect(await stateOf(cluster, gateway)).toBe('running');
  });

  it('given a job / when it is cancelled / then it ends so, whether its JobMaster runs or waits to be started again', async () => {
    const { cluster, gateway, master } = await withAJob('cancel');
    await cluster.world.resolved(gateway.cancel(JOB));
    await cluster.world.runFor(100);
    expect(master.received.map(({ type }) => type)).toContain('cancel-job');
    expect(await stateOf(cluster, gateway)).toBe('canceled');
    await expect(cluster.world.resolved(gateway.cancel(JOB))).rejects.toMatchObject({ code: 'WEIR_JOB_ALREADY_ENDED', details: { state: 'canceled' } });

    const waiting = await cluster.world.resolved(gateway.submit(request()));
    cluster.masters.running(waiting)?.die();
    let state = '';
    while (state !== 'restarting') state = await stateOf(cluster, gateway, waiting);
    await cluster.world.resolved(gateway.cancel(waiting));
    await cluster.world.runFor(5000);
    expect(await stateOf(cluster, gateway, waiting)).toBe('canceled');
    expect(await cluster.registerOf(waiting)).toBe('canceled');
    expect(cluster.masters.of(waiting)).toHaveLength(1);
  });

  it('given a savepoint / then it is taken once, and its outcome can be asked for', async () => {
    const { cluster, gateway, master } = await withAJob('savepoint');
    const triggerId = 'ab'.repeat(16);
    for (let i = 0; i < 2; i++) expect(await cluster.world.resolved(gateway.savepoint(JOB, { then: 'suspend', targetDirectory: '/sp', triggerId }))).toBe(triggerId);
    await cluster.world.runFor(10);
    expect(master.received.filter(({ type }) => type === 'take-savepoint')).toEqual([{ type: 'take-savepoint', triggerId, targetDirectory: '/sp', then: 'suspend' }]);
    expect(await cluster.world.resolved(gateway.operation(JOB, triggerId))).toEqual({ state: 'in-progress' });
    master.tell({ type: 'savepoint-completed', jobId: JOB, triggerId, path: '/sp/savepoint-1' });
    await cluster.world.runFor(10);
    expect(await cluster.world.resolved(gateway.operation(JOB, triggerId))).toEqual({ state: 'completed', location: '/sp/savepoint-1' });
    await cluster.world.runFor(310_000);
    await expect(cluster.world.resolved(gateway.operation(JOB, triggerId))).rejects.toMatchObject({ code: 'WEIR_OPERATION_NOT_FOUND' });
  });

  it('given a savepoint under way / when its JobMaster dies / then it has failed', async () => {
    const { cluster, gateway, master } = await withAJob('savepoint lost');
    const triggerId = await cluster.world.resolved(gateway.savepoint(JOB, { then: 'none' }));
    master.die();
    await cluster.world.runFor(50);
    expect(await cluster.world.resolved(gateway.operation(JOB, triggerId))).toMatchObject({ state: 'failed', failure: { code: 'WEIR_JOB_MASTER_LOST' } });
  });

  it('given ended jobs / then as many as configured are listed, also by the next leader', async () => {
    const { cluster, gateway } = await setUp('bounded', { 'jobstore.max-capacity': '3' });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const id = await cluster.world.resolved(gateway.submit(request()));
      cluster.masters.running(id)?.end('finished');
      await cluster.world.runFor(1000);
      ids.unshift(id);
    }
    const listed = async (from: ClusterGateway): Promise<string[]> => (await cluster.world.resolved(from.jobs())).map(({ status }) => status.jobId);
    expect(await listed(gateway)).toEqual(ids.slice(0, 3));
    const { how: last } = cluster.masters.all[4];
    expect(last.endedJobs.map((ended) => ended.jobId).reverse()).toEqual(ids.slice(1, 4)); // whose output a job of the same name replaces
    cluster.world.restart('jm-1');
    cluster.start('jm-1');
    expect(await listed(await cluster.ready())).toEqual(ids.slice(0, 3));
    expect(cluster.masters.all).toHaveLength(5);
  });

  it('given a damaged job in the store / then the others are recovered', async () => {
    const { cluster } = await withAJob('damaged');
    const damaged = 'e'.repeat(32);
    await cluster.world.files.makeDirectory(`/cluster/jobs/${damaged}`);
    await cluster.world.files.createExclusive(`/cluster/jobs/${damaged}/job.json`, new TextEncoder().encode('{'));
    cluster.world.restart('jm-1');
    cluster.start('jm-1');
    const gateway = await cluster.ready();
    await cluster.world.until(() => cluster.masters.of(JOB).length === 2);
    expect((await cluster.world.resolved(gateway.jobs())).map(({ status }) => status.jobId)).toEqual([JOB]);
    expect(cluster.world.logger.entries.some(({ level, fields }) => level === 'error' && fields?.code === 'WEIR_JOB_STORE_DAMAGED' && fields.jobId === damaged)).toBe(true);
  });

  it('given a submission that a deposed leader stored late / then it is found and started', async () => {
    const { cluster, gateway } = await withAJob('stored late');
    const late = jobId('d'.repeat(32));
    const files = cluster.world.files;
    const text = new TextDecoder().decode(await files.read(`/cluster/jobs/${JOB}/job.json`));
    const { body } = JSON.parse(text) as { body: object };
    const { encodeCheckedJson } = await import('../src/checked-json.js');
    await files.makeDirectory(`/cluster/jobs/${late}`);
    await files.createExclusive(`/cluster/jobs/${late}/job.json`, encodeCheckedJson({ ...body, jobId: late }));
    await cluster.world.until(() => cluster.masters.running(late) !== undefined, { withinMs: 70_000 });
    await cluster.world.runFor(10);
    expect(await stateOf(cluster, gateway, late)).toBe('running');
  });

  it('given a submission that fails although it took effect / then its outcome is unknown: it is one job when it is repeated, and runs when it is not', async () => {
    for (const repeated of [true, false]) {
      const { cluster, gateway } = await setUp(`unknown, repeated: ${repeated}`);
      cluster.world.files.failWhen((operation, path) => (operation === 'createExclusive' && path.endsWith('job.json') ? { failure: 'no-space', applied: true } : undefined));
      await expect(cluster.world.resolved(gateway.submit(request({ jobId: JOB })))).rejects.toMatchObject({ code: 'WEIR_SUBMISSION_UNKNOWN', retry: 'later', details: { jobId: JOB } });
      cluster.world.files.failWhen(undefined);
      if (repeated) expect(await cluster.world.resolved(gateway.submit(request({ jobId: JOB })))).toBe(JOB);
      await cluster.world.until(() => cluster.masters.running(JOB) !== undefined, { withinMs: 5000 });
      await cluster.world.runFor(120_000);
      expect(cluster.masters.all).toHaveLength(1);
    }
  });

  it('given a disk that fails wherever a submission looks / then its outcome is unknown', async () => {
    for (const failing of ['stat', 'read', 'makeDirectory', 'createExclusive']) {
      const { cluster, gateway } = await setUp(`unknown by ${failing}`);
      cluster.world.files.failWhen((operation) => (operation === failing ? 'io' : undefined));
      await expect(cluster.world.resolved(gateway.submit(request({ jobId: JOB })))).rejects.toMatchObject({ code: 'WEIR_SUBMISSION_UNKNOWN' });
      cluster.world.files.failWhen(undefined);
      await cluster.world.runFor(5000);
      expect(cluster.masters.all).toEqual([]);
    }
  });

  it('given secrets in its configuration / then they are not told', async () => {
    const { cluster, gateway } = await setUp('secrets', { 'security.nats.password': 'hunter2', 'parallelism.default': '2' });
    expect(await cluster.world.resolved(gateway.configuration())).toEqual({ 'security.nats.password': '******', 'parallelism.default': '2' });
  });

  it('given a leadership that ends while JobMasters do not answer / then they are stopped by force', async () => {
    const { cluster } = await setUp('stuck');
    cluster.masters.opensJobs = false;
    const manager = cluster.managers.get('jm-1');
    void manager?.gateway().submit(request({ jobId: JOB })).catch(() => undefined);
    await cluster.world.until(() => cluster.masters.all.length === 1);
    const [stuck] = cluster.masters.all;
    stuck.receive = () => undefined;
    await cluster.world.resolved((manager as NonNullable<typeof manager>).stop());
    await cluster.world.runFor(10);
    expect(stuck.isAlive).toBe(false);
    expect(cluster.systems.get('jm-1')?.counts().actors).toBe(0);
  });
});
