/** Who gets which slots, and what becomes of jobs when slots, TaskManagers or the ResourceManager are lost. Each slot is a node of its own. */
import { describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import type { ClusterOverview, TaskManagerInfo } from '@weir/cluster';
import { SimulatedWorld } from '@weir/testing';
import { expectedTotals, ReduceJob } from './support/reduce-job.js';
import { chainProgram, ScriptedTasks } from './support/scripted-task.js';
import { type RunningJob, SeveralNodes } from './support/several-nodes.js';

const A = jobId('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
const B = jobId('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb');

const started = (tasks: ScriptedTasks): number => tasks.all.filter(({ received }) => received.some(({ type }) => type === 'start')).length;
const startedOf = (tasks: ScriptedTasks, job: RunningJob): number =>
  tasks.all.filter(({ deployment, received }) => deployment.jobId === job.jobId && received.some(({ type }) => type === 'start')).length;
const nodesOf = (tasks: ScriptedTasks): string[] => tasks.all.map((task) => task.node);
/** Types of all messages between nodes so far. */
function listening(world: SimulatedWorld): { readonly cluster: SeveralNodes; readonly said: ReadonlySet<string> } {
  const said = new Set<string>();
  const cluster = new SeveralNodes(world, undefined, (message) => {
    const type = (message as { envelope?: { message?: { type?: string } } }).envelope?.message?.type;
    if (type !== undefined) said.add(type);
  });
  return { cluster, said };
}
const missing = ({ client }: RunningJob): number | undefined => client.lastStatus.missingSlots;

async function overview(cluster: SeveralNodes): Promise<ClusterOverview> {
  return cluster.world.resolved(cluster.leader.ask<never, ClusterOverview>(cluster.resourceManager as never, (replyTo) => ({ type: 'describe-cluster', replyTo }) as never, { timeoutMs: 5000 }));
}
async function taskManagers(cluster: SeveralNodes): Promise<readonly TaskManagerInfo[]> {
  return cluster.world.resolved(cluster.leader.ask<never, readonly TaskManagerInfo[]>(cluster.resourceManager as never, (replyTo) => ({ type: 'list-task-managers', replyTo }) as never, { timeoutMs: 5000 }));
}
async function freeSlots(cluster: SeveralNodes, count: number): Promise<void> {
  let free = -1;
  while (free !== count) {
    await cluster.world.runFor(100);
    free = (await overview(cluster)).slotsAvailable;
    if (cluster.world.nowMs > 120_000) throw cluster.world.failure(`${count} free slots were expected, there are ${free}`);
  }
}

describe('slots of a cluster', () => {
  it('given three TaskManagers with room / when a job asks for three slots / then each gives one', async () => {
    const world = new SimulatedWorld({ seed: 'spread' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    for (const name of ['tm-1', 'tm-2', 'tm-3']) cluster.startTaskManager(name, 4);
    await freeSlots(cluster, 12);
    const job = cluster.submit(A, chainProgram(3));
    await world.until(() => started(tasks) === 3);
    expect(['tm-1', 'tm-2', 'tm-3'].map((name) => cluster.slots(name).length)).toEqual([1, 1, 1]);
    await freeSlots(cluster, 9);
    await world.runFor(1500); // a report later
    expect(await overview(cluster)).toEqual({ taskManagers: 3, slotsTotal: 12, slotsAvailable: 9, leader: 'jm-1', epoch: 1 });
    const infos = await taskManagers(cluster);
    expect(infos.map(({ id, slots, freeSlots: free, allocatedSlots }) => [id, slots, free, allocatedSlots.map(({ jobId: of, tasks: count }) => [of, count])])).toEqual(
      ['tm-1', 'tm-2', 'tm-3'].map((name) => [name, 4, 3, [[A, 1]]]));
    expect(job.client.lastStatus.state).toBe('running');
    const report = job.heard.findLast((message) => message.type === 'job-report')?.report;
    expect(report?.subtasks.map(({ node, attempt, state }) => [node, attempt, state])).toEqual([0, 1, 2].map((subtask) => [tasks.current(subtask).node, 0, 'running']));
    expect(Object.keys(report?.subtasks[0].stateTimestamps ?? {})).toEqual(['deploying', 'deployed', 'initializing', 'running']);
    await world.resolved(cluster.close());
  });

  it('given a job that runs and changes no state / then what its subtasks have counted is reported again and again', async () => {
    const world = new SimulatedWorld({ seed: 'counts' });
    const cluster = new SeveralNodes(world);
    cluster.startTaskManager('tm-1', 1);
    const job = cluster.submit(A, new ReduceJob({ parallelism: 1, last: 9999, recordsPerSecond: 500 }).program, { 'execution.checkpointing.interval': '1 h' });
    const counted = (): number => {
      const report = job.heard.findLast((message) => message.type === 'job-report')?.report;
      return Math.max(0, ...(report?.subtasks ?? []).flatMap(({ operators }) => operators.map(({ recordsIn }) => recordsIn)));
    };
    await world.until(() => counted() > 0);
    const first = counted();
    await world.until(() => counted() > first + 1000);
    expect(job.client.lastStatus.state).toBe('running');
    await world.resolved(cluster.close());
  });

  it('given a job that needs more slots than there are / then it waits and says what is missing, and runs when a TaskManager registers', async () => {
    const world = new SimulatedWorld({ seed: 'waits' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    cluster.startTaskManager('tm-1', 1);
    await freeSlots(cluster, 1);
    const job = cluster.submit(A, chainProgram(2));
    await world.resolved(job.client.accepted);
    await world.until(() => missing(job) === 2);
    expect(job.client.lastStatus.state).toBe('created');
    expect(cluster.slots('tm-1')).toEqual([]); // nothing is hoarded
    cluster.startTaskManager('tm-2', 1);
    await world.until(() => started(tasks) === 2);
    expect([missing(job), job.client.lastStatus.state]).toEqual([undefined, 'running']);
    await world.resolved(cluster.close());
  });

  it('given a job that waits for longer than slot.request.timeout / then it fails by code when its strategy allows no restart, and waits on when it does', async () => {
    const world = new SimulatedWorld({ seed: 'overdue' });
    const cluster = new SeveralNodes(world, new ScriptedTasks().create);
    const strict = cluster.submit(A, chainProgram(1), { 'slot.request.timeout': '5 s', 'restart-strategy.type': 'none' });
    const patient = cluster.submit(B, chainProgram(1), { 'slot.request.timeout': '5 s' });
    const result = await world.resolved(strict.client.result);
    expect({ state: result.state, code: result.failure?.code }).toEqual({ state: 'failed', code: 'WEIR_NOT_ENOUGH_SLOTS' });
    await world.resolved(patient.client.accepted);
    await world.until(() => patient.client.lastStatus.restarts === 2);
    cluster.startTaskManager('tm-1', 1);
    await world.until(() => patient.client.lastStatus.state === 'running');
    await world.resolved(cluster.close());
  });

  it('given two regions / when the slot of one dies / then only its region restarts, in a new slot, and the other keeps its attempt (I14)', async () => {
    const world = new SimulatedWorld({ seed: 'slot dies' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    cluster.startTaskManager('tm-1', 2);
    const job = cluster.submit(A, chainProgram(2));
    await world.until(() => started(tasks) === 2);
    const [dead] = nodesOf(tasks).filter((_, index) => tasks.all[index].key === '1#0');
    const before = world.nowMs;
    world.crash(dead);
    await world.until(() => started(tasks) === 3);
    expect(world.nowMs - before).toBeLessThan(3000);
    expect(tasks.keys().sort()).toEqual(['0#0', '1#0', '1#1']);
    expect(tasks.current(1).node).not.toBe(dead);
    await world.until(() => job.client.lastStatus.state === 'running');
    const event = job.heard.find((message) => message.type === 'job-event' && message.event.type === 'restarting');
    expect(event).toMatchObject({ origin: { taskName: expect.stringMatching(/\(2\/2\)$/), node: dead } });
    await world.resolved(cluster.close());
  });

  it('given a slot that does not answer any more / then it is closed by force, and its region runs in another one', async () => {
    const world = new SimulatedWorld({ seed: 'endless loop' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    cluster.startTaskManager('tm-1', 1);
    cluster.submit(A, chainProgram(1));
    await world.until(() => started(tasks) === 1);
    const stuck = tasks.current(0).node;
    world.pause(stuck);
    await world.until(() => started(tasks) === 2); // one place is enough: the stuck slot has left it
    expect(tasks.current(0).node).not.toBe(stuck);
    expect(cluster.slots('tm-1')).toEqual([tasks.current(0).node]);
    await world.resolved(cluster.close());
  });

  it('given a slot that does not answer / when its JobMaster is gone as well / then its TaskManager closes it all the same', async () => {
    const world = new SimulatedWorld({ seed: 'nobody else' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    cluster.startTaskManager('tm-1', 1);
    cluster.submit(A, chainProgram(1));
    await world.until(() => started(tasks) === 1);
    world.pause(tasks.current(0).node);
    world.crash('jm-1-job-1');
    await world.until(() => cluster.slots('tm-1').length === 0);
    await freeSlots(cluster, 1);
  });

  it('given a job with checkpoints on two TaskManagers / when one is killed / then it goes on in spare slots and its output is exact', async () => {
    const world = new SimulatedWorld({ seed: 'spare slots' });
    const cluster = new SeveralNodes(world);
    for (const name of ['tm-1', 'tm-2', 'tm-3']) cluster.startTaskManager(name, 1);
    await freeSlots(cluster, 3);
    const work = new ReduceJob({ parallelism: 2, last: 3999, recordsPerSecond: 500 });
    const job = cluster.submit(A, work.program, { 'execution.checkpointing.interval': '200 ms' });
    await world.resolved(job.client.accepted);
    await world.until(() => job.client.lastStatus.checkpoints.completed >= 3);
    const [victim] = ['tm-1', 'tm-2', 'tm-3'].filter((name) => cluster.slots(name).length === 1);
    cluster.killTaskManager(victim);
    const result = await world.resolved(job.client.result);
    expect({ state: result.state, failure: result.failure?.message, restarts: result.status.restarts }).toEqual({ state: 'finished', failure: undefined, restarts: 1 });
    expect(work.totals()).toEqual(expectedTotals(3999));
    expect(work.sink.results()).toHaveLength(4000);
    await freeSlots(cluster, 2);
    expect(['tm-1', 'tm-2', 'tm-3'].flatMap((name) => cluster.slots(name))).toEqual([]);
    await world.resolved(cluster.close());
  });

  it('given a ResourceManager that is lost / when another leads / then running tasks keep their attempts, and it serves what is lost afterwards', async () => {
    const world = new SimulatedWorld({ seed: 'new resource manager' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    cluster.startTaskManager('tm-1', 2);
    cluster.startTaskManager('tm-2', 2);
    const job = cluster.submit(A, chainProgram(2));
    await world.until(() => started(tasks) === 2);
    cluster.newResourceManager();
    await freeSlots(cluster, 2);
    expect(tasks.keys().sort()).toEqual(['0#0', '1#0']);
    expect(await overview(cluster)).toMatchObject({ epoch: 2, taskManagers: 2, slotsTotal: 4 });
    world.crash(tasks.current(0).node);
    await world.until(() => started(tasks) === 3);
    expect(tasks.keys().sort()).toEqual(['0#0', '0#1', '1#0']);
    await freeSlots(cluster, 2);
    job.jobMaster.tell({ type: 'cancel-job' });
    expect((await world.resolved(job.client.result)).state).toBe('canceled');
    await freeSlots(cluster, 4);
    await world.resolved(cluster.close());
  });

  it('given two jobs that wait for the same slots / then the first gets all of them, and the second when the first has ended', async () => {
    const world = new SimulatedWorld({ seed: 'two jobs' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    const first = cluster.submit(A, chainProgram(2));
    await world.resolved(first.client.accepted);
    await world.until(() => missing(first) === 2);
    const second = cluster.submit(B, chainProgram(2));
    await world.resolved(second.client.accepted);
    await world.until(() => missing(second) === 2);
    cluster.startTaskManager('tm-1', 1);
    cluster.startTaskManager('tm-2', 1);
    await world.until(() => startedOf(tasks, first) === 2);
    await world.runFor(5000);
    expect([startedOf(tasks, second), missing(second)]).toEqual([0, 2]);
    first.jobMaster.tell({ type: 'cancel-job' });
    await world.until(() => startedOf(tasks, second) === 2);
    await world.resolved(cluster.close());
  });

  it('given two running jobs that each lose half of their slots for good / then the younger gives its idle slots to the older', async () => {
    const world = new SimulatedWorld({ seed: 'half each' });
    const { cluster, said } = listening(world);
    cluster.startTaskManager('tm-1', 2);
    cluster.startTaskManager('tm-2', 2);
    await freeSlots(cluster, 4);
    const works = [A, B].map((id) => ({ id, work: new ReduceJob({ parallelism: 2, last: 3999, recordsPerSecond: 200 }) }));
    const [older, younger] = works.map(({ id, work }) => cluster.submit(id, work.program, { 'execution.checkpointing.interval': '200 ms' }));
    for (const { client } of [older, younger]) await world.resolved(client.accepted);
    await world.until(() => [older, younger].every(({ client }) => client.lastStatus.checkpoints.completed > 0));
    cluster.killTaskManager('tm-2');
    const ofOlder = await world.resolved(older.client.result);
    const ofYounger = await world.resolved(younger.client.result, { withinMs: 120_000 });
    expect([ofOlder.state, ofYounger.state]).toEqual(['finished', 'finished']);
    expect(said).toContain('return-idle-slots');
    for (const { work } of works) expect(work.totals()).toEqual(expectedTotals(3999));
    await world.resolved(cluster.close());
  });

  it('given a job that lost so many slots that it can never run again / then what it holds goes to a job that can', async () => {
    const world = new SimulatedWorld({ seed: 'never again' });
    const { cluster, said } = listening(world);
    cluster.startTaskManager('tm-1', 2);
    cluster.startTaskManager('tm-2', 2);
    await freeSlots(cluster, 4);
    const large = cluster.submit(A, new ReduceJob({ parallelism: 4, last: 100_000, recordsPerSecond: 200 }).program);
    await world.resolved(large.client.accepted);
    await world.until(() => large.client.lastStatus.state === 'running' && cluster.slots('tm-1').length === 2);
    cluster.killTaskManager('tm-2');
    await world.until(() => missing(large) === 2);
    const work = new ReduceJob({ parallelism: 2 });
    const small = cluster.submit(B, work.program);
    expect((await world.resolved(small.client.result)).state).toBe('finished');
    expect(work.totals()).toEqual(expectedTotals(999));
    expect(said).toContain('return-idle-slots');
    await world.until(() => missing(large) === 4);
    cluster.startTaskManager('tm-2', 2);
    await world.until(() => large.client.lastStatus.state === 'running');
    await world.resolved(cluster.close());
  });

  it('given a job that the cluster could never serve / then jobs behind it run', async () => {
    const world = new SimulatedWorld({ seed: 'never' });
    const tasks = new ScriptedTasks();
    const cluster = new SeveralNodes(world, tasks.create);
    cluster.startTaskManager('tm-1', 2);
    await freeSlots(cluster, 2);
    const huge = cluster.submit(A, chainProgram(5));
    await world.resolved(huge.client.accepted);
    await world.until(() => missing(huge) === 5);
    const small = cluster.submit(B, chainProgram(2));
    await world.until(() => startedOf(tasks, small) === 2);
    await world.resolved(cluster.close());
  });

  it('given TaskManagers that come and go under a job / when all has ended / then no slot, actor, timer or message is left (I13)', async () => {
    const world = new SimulatedWorld({ seed: 'leaks' });
    const cluster = new SeveralNodes(world);
    cluster.startTaskManager('tm-1', 2);
    cluster.startTaskManager('tm-2', 2);
    const work = new ReduceJob({ parallelism: 2, last: 1999, recordsPerSecond: 500 });
    const job = cluster.submit(A, work.program, { 'execution.checkpointing.interval': '100 ms' });
    await world.resolved(job.client.accepted);
    await world.until(() => job.client.lastStatus.checkpoints.completed > 1);
    cluster.killTaskManager('tm-1');
    cluster.startTaskManager('tm-1', 2);
    await world.runFor(1500);
    for (const slot of cluster.slots('tm-2')) world.crash(slot);
    expect((await world.resolved(job.client.result)).state).toBe('finished');
    expect(work.totals()).toEqual(expectedTotals(1999));
    await freeSlots(cluster, 4);
    expect(['tm-1', 'tm-2'].flatMap((name) => cluster.slots(name))).toEqual([]);
    await world.resolved(cluster.close());
    await world.runFor(1000);
    for (const system of cluster.systems()) expect(system.counts()).toEqual({ actors: 0, timers: 0, subscriptions: 0, pendingAsks: 0, unacknowledged: 0 });
    expect(world.transport.subscriptionCount).toBe(0);
  });
});
