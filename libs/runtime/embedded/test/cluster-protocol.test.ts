/** JobMaster, coordinators, TaskExecutor and slots as real actors over the simulated transport; tasks follow a script. */
import { describe, expect, it } from '@jest/globals';
import { failureInfo, WeirError } from '@weir/base';
import type { JobEvent } from '@weir/cluster';
import { CollectSink } from '@weir/connector';
import { SimulatedWorld } from '@weir/testing';
import { chainProgram, ScriptedTasks } from './support/scripted-task.js';
import { jobOptions, simulatedCluster } from './support/simulated-cluster.js';

const running = (tasks: ScriptedTasks, count: number) => () => tasks.all.filter(({ received }) => received.some(({ type }) => type === 'start')).length >= count;

describe('the protocol of the cluster', () => {
  it('given final notifications that get lost / then they are repeated until every task has finished', async () => {
    const world = new SimulatedWorld({ seed: 'lost final' });
    const tasks = new ScriptedTasks({ endsAtOnce: true, losesFinal: 2 });
    const cluster = await simulatedCluster(world, tasks.create);
    const handle = await world.resolved(cluster.submit(chainProgram(2), jobOptions(world)));
    const result = await world.resolved(handle.result);
    expect(result.state).toBe('finished');
    expect(result.status.checkpoints.completed).toBe(1);
    for (const { received } of tasks.all) expect(received.filter(({ type }) => type === 'checkpoint-complete').length).toBeGreaterThanOrEqual(3);
    await world.resolved(cluster.close());
    expect(cluster.counts()).toEqual({ actors: 0, timers: 0, subscriptions: 0, pendingAsks: 0, unacknowledged: 0 });
  });

  it('given two regions / when one fails / then the other keeps its attempt (I14), and reports of the dead attempt change nothing', async () => {
    const world = new SimulatedWorld({ seed: 'regions' });
    const tasks = new ScriptedTasks();
    const cluster = await simulatedCluster(world, tasks.create);
    const handle = await world.resolved(cluster.submit(chainProgram(2), jobOptions(world)));
    await world.until(running(tasks, 2));
    const dead = tasks.current(1);
    dead.fail(failureInfo(new Error('broken')));
    await world.until(running(tasks, 3));
    await world.until(() => handle.status().state === 'running');
    dead.fail(failureInfo(new Error('again')));
    await world.runFor(2000);
    expect(tasks.keys()).toEqual(['0#0', '1#0', '1#1']);
    expect(handle.status().restarts).toBe(1);
    handle.cancel();
    expect((await world.resolved(handle.result)).state).toBe('canceled');
    await world.resolved(cluster.close());
  });

  it('given a job in its backoff / when it is cancelled / then it ends without another deployment', async () => {
    const world = new SimulatedWorld({ seed: 'cancel in backoff' });
    const tasks = new ScriptedTasks();
    const cluster = await simulatedCluster(world, tasks.create);
    const handle = await world.resolved(cluster.submit(chainProgram(1), jobOptions(world, { 'restart-strategy.exponential-delay.initial-backoff': '10 s' })));
    await world.until(running(tasks, 1));
    tasks.current(0).fail(failureInfo(new Error('broken')));
    await world.until(() => handle.status().state === 'restarting');
    handle.cancel();
    expect((await world.resolved(handle.result)).state).toBe('canceled');
    expect(tasks.keys()).toEqual(['0#0']);
    await world.resolved(cluster.close());
  });

  it('given a task that does not answer a cancel / then it is stopped by force after the fence', async () => {
    const world = new SimulatedWorld({ seed: 'deaf' });
    const tasks = new ScriptedTasks({ deaf: true });
    const cluster = await simulatedCluster(world, tasks.create);
    const handle = await world.resolved(cluster.submit(chainProgram(1), jobOptions(world)));
    await world.until(running(tasks, 1));
    const before = world.nowMs;
    handle.cancel();
    expect((await world.resolved(handle.result)).state).toBe('canceled');
    expect(world.nowMs - before).toBeGreaterThanOrEqual(10_000);
    await world.resolved(cluster.close());
    expect(cluster.counts().actors).toBe(0);
  });

  it('given a sink whose target cannot be written / then the submission is rejected with its code and nothing is left', async () => {
    const world = new SimulatedWorld({ seed: 'bad sink' });
    const tasks = new ScriptedTasks();
    const cluster = await simulatedCluster(world, tasks.create);
    const sink = new CollectSink<unknown>();
    Object.assign(sink, { beginHistory: () => Promise.reject(new WeirError({ code: 'WEIR_FILE_PERMISSION', domain: 'user', retry: 'never', message: 'no', hint: 'Yes.' })) });
    await expect(world.resolved(cluster.submit(chainProgram(1, sink), jobOptions(world)))).rejects.toMatchObject({ code: 'WEIR_FILE_PERMISSION', hint: 'Yes.' });
    expect(tasks.all).toEqual([]);
    await world.until(() => cluster.counts().actors === 2);
    await world.resolved(cluster.close());
  });

  it('given a running job / when it is submitted again / then it is refused by code; a first listener hears what was before it', async () => {
    const world = new SimulatedWorld({ seed: 'twice' });
    const cluster = await simulatedCluster(world, new ScriptedTasks().create);
    const handle = await world.resolved(cluster.submit(chainProgram(1), jobOptions(world)));
    await expect(cluster.submit(chainProgram(1), jobOptions(world))).rejects.toMatchObject({ code: 'WEIR_JOB_ALREADY_RUNNING' });
    const events: JobEvent[] = [];
    handle.onEvent((event) => events.push(event));
    expect(events[0]).toEqual({ type: 'restored', checkpointId: undefined });
    await world.resolved(cluster.close());
  });
});
