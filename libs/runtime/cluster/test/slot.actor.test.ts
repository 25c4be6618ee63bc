/** When a slot creates tasks: not before the job's program is there, and never twice. */
import { describe, expect, it } from '@jest/globals';
import { ActorSystem, type Actor } from '@weir/actor';
import { attemptKey, type ExecutionAttemptId, jobId, leaderEpoch, vertexId, WeirError } from '@weir/base';
import type { CompiledJob } from '@weir/graph';
import { drainMicrotasks } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';
import type { TaskDeployment } from '@weir/task';
import type { JobDescriptor } from '../src/job-descriptor.js';
import { SlotActor } from '../src/slot.actor.js';
import type { TaskManagerReport } from '../src/task-executor.protocol.js';

const JOB: JobDescriptor = { jobId: jobId('a'.repeat(32)), checkpointDirectory: '/checkpoints', configuration: {} };
const attempt = (number: number): ExecutionAttemptId => ({ epoch: leaderEpoch(1), attempt: number, vertexId: vertexId('b'.repeat(32)), subtaskIndex: 0 });
const deployment = (number: number): TaskDeployment => ({ jobId: JOB.jobId, attempt: attempt(number) } as TaskDeployment);

/** A program that arrives when the test says so. */
class ArtifactsOnTheWay {
  prepared = 0;
  arrive: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;
  prepare(): Promise<void> {
    this.prepared++;
    return new Promise((resolve, reject) => {
      this.arrive = resolve;
      this.fail = reject;
    });
  }
  instantiate(): CompiledJob {
    return {} as CompiledJob;
  }
}

async function rig(): Promise<{ world: SimulatedWorld; artifacts: ArtifactsOnTheWay; created: string[]; reports: string[]; offers: readonly string[]; has: () => boolean; endJobMaster: () => void; tell: (message: Parameters<SlotActor['receive']>[0]) => void; close: () => Promise<void> }> {
  const world = new SimulatedWorld({ seed: 'slot' });
  const { clock, timers, random, logger, control } = world.node('tm-1');
  const system = new ActorSystem({ node: 'tm-1', clock, timers, random, logger, control });
  const artifacts = new ArtifactsOnTheWay();
  const created: string[] = [];
  const reports: string[] = [];
  const offers: string[] = [];
  const jobMaster = system.spawn('job', {
    receive: (report: TaskManagerReport) => {
      if (report.type === 'slots-granted') {
        offers.push(...report.slots.map((slot) => (report.inUse === true ? `${slot} in use` : slot)));
        return;
      }
      reports.push(`${report.type} ${report.attempt.attempt}${report.type === 'task-gone' && report.failure !== undefined ? ` ${report.failure.code}` : ''}`);
    },
  });
  const taskExecutor = system.spawn('task-executor', { receive: () => undefined } satisfies Actor<unknown>);
  const slot = system.spawn('slot', new SlotActor({
    jobId: JOB.jobId, jobMaster: jobMaster.address, taskExecutor: taskExecutor.address, job: JOB, artifacts,
    createTask: (of) => {
      created.push(attemptKey(of.attempt));
      return { receive: () => undefined };
    },
  }));
  await world.until(() => artifacts.prepared === 1);
  return { world, artifacts, created, reports, offers, has: () => system.has(slot.address), endJobMaster: () => system.stop(jobMaster.address), tell: (message) => slot.tell(message), close: () => world.resolved(system.shutdown()) };
}

describe('a slot', () => {
  it('given a program that is on its way / when tasks are submitted / then they are created in order once it is there, each once', async () => {
    const { world, artifacts, created, reports, tell, close } = await rig();
    for (const number of [0, 1, 0]) tell({ type: 'submit-task', deployment: deployment(number) });
    await world.runFor(100);
    expect([created, reports]).toEqual([[], []]);
    artifacts.arrive();
    await drainMicrotasks();
    await world.until(() => reports.length === 2);
    tell({ type: 'submit-task', deployment: deployment(0) });
    await world.until(() => reports.length === 3);
    expect(created).toEqual([attemptKey(attempt(0)), attemptKey(attempt(1))]);
    expect(reports).toEqual(['task-submitted 0', 'task-submitted 1', 'task-submitted 0']);
    await close();
  });

  it('given a program that cannot be loaded / then its tasks are gone by code, and the next attempt tries again', async () => {
    const { world, artifacts, created, reports, tell, close } = await rig();
    tell({ type: 'submit-task', deployment: deployment(0) });
    artifacts.fail(new WeirError({ code: 'WEIR_ARTIFACT_NOT_FOUND', domain: 'user', retry: 'restart', message: 'no', hint: 'Yes.' }));
    await drainMicrotasks();
    await world.until(() => reports.length === 1);
    expect(reports).toEqual(['task-gone 0 WEIR_ARTIFACT_NOT_FOUND']);
    tell({ type: 'submit-task', deployment: deployment(1) });
    await world.until(() => artifacts.prepared === 2);
    artifacts.arrive();
    await drainMicrotasks();
    await world.until(() => reports.length === 2);
    expect([reports[1], created]).toEqual(['task-submitted 1', [attemptKey(attempt(1))]]);
    await close();
  });

  it('given a task that is cancelled while the program is on its way / then it is never created', async () => {
    const { world, artifacts, created, reports, tell, close } = await rig();
    tell({ type: 'submit-task', deployment: deployment(0) });
    tell({ type: 'cancel-task', attempt: attempt(0) });
    await world.until(() => reports.length === 1);
    artifacts.arrive();
    await drainMicrotasks();
    await world.runFor(100);
    expect([reports, created]).toEqual([['task-gone 0'], []]);
    await close();
  });

  it('given a grant that was lost / then the slot offers itself again and again, and says when it is in use', async () => {
    const { world, artifacts, offers, tell, close } = await rig();
    artifacts.arrive();
    await world.until(() => offers.length === 2);
    expect(new Set(offers)).toEqual(new Set(['tm-1/slot']));
    tell({ type: 'submit-task', deployment: deployment(0) });
    await world.until(() => offers.length === 4);
    expect(offers.slice(2)).toEqual(['tm-1/slot in use', 'tm-1/slot in use']);
    await close();
  });

  it('given a task / when the JobMaster is gone / then task and slot end, without waiting for anybody', async () => {
    const { world, artifacts, reports, has, endJobMaster, tell, close } = await rig();
    artifacts.arrive();
    tell({ type: 'submit-task', deployment: deployment(0) });
    await world.until(() => reports.length === 1);
    const before = world.nowMs;
    endJobMaster();
    await world.until(() => !has());
    expect(world.nowMs - before).toBeLessThan(100);
    await close();
  });
});
