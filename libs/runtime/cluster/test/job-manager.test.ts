/** Failover of whole JobManagers under virtual time: real elections, ResourceManagers and Dispatchers; JobMasters follow a script. */
import { describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import type { JobManager } from '../src/index.js';
import { JobManagers, request } from './support/job-managers.js';

const JOB = jobId('0123456789abcdef0123456789abcdef');
const other = (name: string): string => (name === 'jm-1' ? 'jm-2' : 'jm-1');

/** Two JobManagers and one running job. */
async function twoWithAJob(seed: string): Promise<{ cluster: JobManagers; leading: string; old: JobManager; standby: JobManager }> {
  const cluster = new JobManagers(seed);
  cluster.start('jm-1');
  cluster.start('jm-2');
  const gateway = await cluster.ready();
  await cluster.world.resolved(gateway.submit(request({ jobId: JOB })));
  const leading = cluster.register.current?.value.leader as string;
  await cluster.world.until(() => cluster.managers.get(other(leading))?.leader()?.leader === leading);
  return { cluster, leading, old: cluster.managers.get(leading) as JobManager, standby: cluster.managers.get(other(leading)) as JobManager };
}

describe('JobManagers', () => {
  it('given two / when one leads / then the other one tells whom to ask', async () => {
    const { cluster, leading, standby } = await twoWithAJob('whom to ask');
    await expect(cluster.world.resolved(standby.gateway().jobs())).rejects.toMatchObject({ code: 'WEIR_NOT_LEADER', details: { restUrl: `http://${leading}:8081` } });
    expect((await cluster.world.resolved((cluster.leader() as JobManager).gateway().overview())).leader).toBe(leading);
  });

  for (const wiped of [false, true]) {
    it(`given a running job / when the leader dies${wiped ? ' and the register is lost with it' : ''} / then the job goes on under the other one`, async () => {
      const { cluster, leading, standby } = await twoWithAJob(`failover ${wiped}`);
      const [first] = cluster.masters.of(JOB);
      const epoch = cluster.register.current?.value.epoch as number;
      cluster.world.crash(leading);
      if (wiped) cluster.register.lose();
      await cluster.world.until(() => cluster.masters.running(JOB) !== first, { withinMs: 5000 });
      const second = cluster.masters.running(JOB);
      expect(second?.node).toBe(other(leading));
      expect(second?.how).toMatchObject({ start: 'recover', submission: { jobName: 'job.ts', workingDirectory: '/home/me' } });
      expect(standby.leads()).toBeGreaterThan(epoch);
      const details = await cluster.world.resolved(standby.gateway().job(JOB));
      expect(details.status.state).toBe('running');
      // The same request again is the same job.
      expect(await cluster.world.resolved(standby.gateway().submit(request({ jobId: JOB })))).toBe(JOB);
      expect(cluster.masters.of(JOB)).toHaveLength(2);
      second?.end('finished');
      await cluster.world.until(() => cluster.masters.running(JOB)?.isAlive === false);
      await cluster.world.runFor(100);
      expect((await cluster.world.resolved(standby.gateway().job(JOB))).status.state).toBe('finished');
      expect(cluster.fatal).toEqual([]);
    });
  }

  it.each([1, 2, 3, 4, 5, 6])('given a leader that stands still / when another one has taken over / then the old one changes nothing after it wakes up (seed %i)', async (seed) => {
    const { cluster, leading, standby } = await twoWithAJob(`zombie ${seed}`);
    const [zombie] = cluster.masters.of(JOB);
    const submitting = (cluster.leader() as JobManager).gateway().submit(request()).then(() => 'accepted', (error: { code: string }) => error.code);
    cluster.world.pause(leading);
    await cluster.world.until(() => cluster.masters.running(JOB) !== zombie, { withinMs: 30_000 });
    const second = cluster.masters.running(JOB);
    const epoch = standby.leads();
    cluster.world.resume(leading);
    zombie.end('failed');
    await cluster.world.runFor(30_000);
    expect(standby.leads()).toBe(epoch);
    expect(cluster.managers.get(leading)?.leads()).toBeUndefined();
    expect(cluster.masters.running(JOB)).toBe(second);
    expect(second?.isAlive).toBe(true);
    expect(zombie.isAlive).toBe(false);
    expect(await cluster.registerOf(JOB)).toBe('running');
    expect(await submitting).toBe('WEIR_NOT_LEADER');
    expect(cluster.masters.all.filter(({ node, isAlive }) => node === leading && isAlive)).toEqual([]);
    expect((await cluster.world.resolved(standby.gateway().jobs())).map(({ status }) => status.state)).toEqual(['running']);
  });

  it('given a leader that stops gracefully / then its jobs are suspended, go on under the other one, and nothing of it is left', async () => {
    const { cluster, leading, old, standby } = await twoWithAJob('graceful');
    const [first] = cluster.masters.of(JOB);
    const beganMs = cluster.world.nowMs;
    await cluster.world.resolved(old.stop());
    expect(first.received.map(({ type }) => type)).toContain('suspend-job');
    expect(cluster.systems.get(leading)?.counts()).toMatchObject({ actors: 0, pendingAsks: 0 });
    await cluster.world.until(() => cluster.masters.running(JOB) !== first);
    expect(cluster.world.nowMs - beganMs).toBeLessThan(5000);
    expect(standby.leads()).toBeDefined();
    expect(await cluster.registerOf(JOB)).toBe('running');
  });

  it('given a leader that cannot reach the register / then it steps down within its lease, and leads again under a new epoch later', async () => {
    const cluster = new JobManagers('unreachable register');
    const manager = cluster.start('jm-1');
    const gateway = await cluster.ready();
    await cluster.world.resolved(gateway.submit(request({ jobId: JOB })));
    const epoch = manager.leads() as number;
    cluster.register.fault = () => 'unreachable';
    await cluster.world.runFor(10_500); // half a lease and a renewal
    expect(manager.leads()).toBe(epoch);
    await expect(cluster.world.resolved(gateway.submit(request()))).rejects.toMatchObject({ code: 'WEIR_NOT_LEADER' });
    await cluster.world.until(() => manager.leads() === undefined, { withinMs: 5000 });
    await cluster.world.until(() => cluster.masters.of(JOB).every(({ isAlive }) => !isAlive));
    cluster.register.fault = () => undefined;
    await cluster.world.until(() => manager.leads() !== undefined);
    expect(manager.leads()).toBeGreaterThan(epoch);
    await cluster.world.until(() => cluster.masters.running(JOB)?.isAlive === true);
    expect(cluster.fatal).toEqual([]);
  });

  it('given a leadership in doubt / when a JobMaster dies / then another one is started only after the doubt', async () => {
    const cluster = new JobManagers('in doubt');
    const manager = cluster.start('jm-1');
    const gateway = await cluster.ready();
    await cluster.world.resolved(gateway.submit(request({ jobId: JOB })));
    cluster.register.fault = () => 'unreachable';
    await cluster.world.runFor(10_500);
    cluster.masters.running(JOB)?.die();
    await cluster.world.runFor(2000);
    expect(cluster.masters.of(JOB)).toHaveLength(1);
    const epoch = manager.leads();
    expect(epoch).toBeDefined();
    cluster.register.fault = () => undefined;
    await cluster.world.until(() => cluster.masters.of(JOB).length === 2 && cluster.masters.running(JOB)?.isAlive === true, { withinMs: 5000 });
    expect(manager.leads()).toBe(epoch);
  });

  it('given a JobManager alone / when it dies and comes back / then it leads at once and its job goes on', async () => {
    const cluster = new JobManagers('comes back');
    cluster.start('jm-1');
    const gateway = await cluster.ready();
    await cluster.world.resolved(gateway.submit(request({ jobId: JOB })));
    cluster.world.restart('jm-1');
    const again = cluster.start('jm-1');
    await cluster.world.until(() => cluster.masters.of(JOB).length === 2 && cluster.masters.running(JOB)?.isAlive === true, { withinMs: 3000 });
    expect(again.leads()).toBe(2);
  });
});
