/** What actors on different nodes say to each other must survive the way as bytes. All messages are those of real runs. */
import { describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import { SimulatedWorld } from '@weir/testing';
import { decodeMessage, encodeMessage } from '@weir/types';
import { ReduceJob } from './support/reduce-job.js';
import { SeveralNodes } from './support/several-nodes.js';

const JOB = jobId('cccccccccccccccccccccccccccccccc');

/** All that a run must have said, by receiver. */
const PROTOCOLS = {
  resourceManager: ['task-executor-report', 'request-slots', 'describe-cluster', 'list-task-managers'],
  taskExecutor: ['allocate-slots', 'free-slots', 'slot-tasks'],
  slot: ['submit-task', 'start-task', 'cancel-task', 'remove-task'],
  task: ['assign-splits', 'no-more-splits', 'trigger-checkpoint', 'checkpoint-complete'],
  jobMaster: ['slots-granted', 'slots-missing', 'task-submitted', 'task-gone', 'task-state', 'task-metrics', 'acknowledge-checkpoint', 'follow-resource-manager', 'take-savepoint'],
  sourceCoordinator: ['register-reader'],
  client: ['job-accepted', 'job-event', 'job-status', 'job-report', 'job-ended', 'savepoint-completed'],
} as const;

describe('messages between nodes', () => {
  it('given a run with checkpoints, a savepoint, a failure, a lost slot and a new ResourceManager / then each message equals itself after encoding and decoding', async () => {
    const world = new SimulatedWorld({ seed: 'bytes' });
    const heard = new Map<string, number>();
    const broken: string[] = [];
    const cluster = new SeveralNodes(world, undefined, (message) => {
      const envelope = (message as { envelope?: { kind: string; message?: { type: string } } }).envelope;
      const type = envelope?.message?.type ?? envelope?.kind ?? (message as { kind: string }).kind;
      const bytes = encodeMessage(message);
      heard.set(type, Math.max(heard.get(type) ?? 0, bytes.length));
      try {
        expect(decodeMessage(bytes)).toStrictEqual(message);
      } catch (difference) {
        broken.push(`${type}: ${String(difference)}`);
      }
    });
    let thrown = false;
    const work = new ReduceJob({
      parallelism: 2, last: 2999, recordsPerSecond: 500,
      onNumber: (value) => {
        if (value !== 1000 || thrown) return;
        thrown = true;
        throw new Error('a bad number');
      },
    });
    const job = cluster.submit(JOB, work.program, { 'execution.checkpointing.interval': '200 ms', 'execution.checkpointing.savepoint-dir': '/savepoints' });
    await world.resolved(job.client.accepted);
    await world.until(() => job.client.lastStatus.missingSlots === 2);
    cluster.startTaskManager('tm-1', 3);
    await world.until(() => job.client.lastStatus.checkpoints.completed >= 2);
    cluster.newResourceManager();
    world.crash(cluster.slots('tm-1')[0]);
    await world.until(() => job.client.lastStatus.restarts === 2);
    const { completed } = job.client.lastStatus.checkpoints;
    await world.until(() => job.client.lastStatus.checkpoints.completed > completed); // all tasks run again
    cluster.leader.tell(job.jobMaster.address, { type: 'take-savepoint', triggerId: 't', then: 'none' });
    await world.until(() => job.heard.some(({ type }) => type === 'savepoint-completed' || type === 'savepoint-failed'));
    const result = await world.resolved(job.client.result);
    expect({ state: result.state, restarts: result.status.restarts, failure: result.failure }).toEqual({ state: 'finished', restarts: 2, failure: undefined });
    for (const type of ['describe-cluster', 'list-task-managers'] as const) {
      const from = cluster.taskManagers.get('tm-1')?.system;
      await world.resolved(from?.ask(cluster.resourceManager, (replyTo) => ({ type, replyTo }) as never, { timeoutMs: 5000 }) as Promise<unknown>);
    }
    await world.resolved(cluster.close());
    expect(broken).toEqual([]);
    for (const [receiver, types] of Object.entries(PROTOCOLS)) expect([receiver, types.filter((type) => !heard.has(type))]).toEqual([receiver, []]);
    // NATS carries 1 MiB in one message; a small job is far from it.
    expect(Math.max(...heard.values())).toBeLessThan(64 * 1024);
  });
});
