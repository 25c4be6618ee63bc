/** What a JobMaster does with a slot that it took for lost and that is not. */
import { describe, expect, it } from '@jest/globals';
import { type ActorContext, type ActorRef, ActorSystem, type Signal } from '@weir/actor';
import { jobId } from '@weir/base';
import { SimulatedWorld } from '@weir/testing';
import { JobSlots } from '../src/job-slots.js';
import type { ResourceManagerMessage } from '../src/resource-manager.protocol.js';
import type { TaskExecutorMessage } from '../src/task-executor.protocol.js';

const JOB = jobId('a'.repeat(32));
const SLOT = 'tm-1/slot-1';

interface Rig {
  readonly world: SimulatedWorld;
  readonly slots: JobSlots<unknown>;
  readonly heard: string[];
  readonly freed: string[];
  readonly declared: string[];
}

async function rig(): Promise<Rig> {
  const world = new SimulatedWorld({ seed: 'job slots' });
  const system = (name: string): ActorSystem => {
    const { clock, timers, random, logger, control } = world.node(name);
    return new ActorSystem({ node: name, clock, timers, random, logger, control });
  };
  const [jm, tm] = [system('jm-1'), system('tm-1')];
  const [heard, freed, declared]: string[][] = [[], [], []];
  const resourceManager = jm.spawn('resource-manager.1', {
    receive: (message: ResourceManagerMessage) => { if (message.type === 'request-slots') declared.push(message.without.join()); },
  });
  const slot: ActorRef<unknown> = tm.spawn('slot-1', { receive: () => undefined });
  tm.spawn('task-executor', {
    receive: (message: TaskExecutorMessage) => {
      if (message.type !== 'free-slots') return;
      freed.push(...(message.slots ?? ['all']));
      tm.stop(slot.address);
    },
  });
  let slots: JobSlots<unknown> | undefined;
  jm.spawn('job', {
    started: (context: ActorContext<unknown>) => {
      slots = new JobSlots(JOB, resourceManager.address, { jobId: JOB, checkpointDirectory: '/checkpoints', configuration: {} }, context);
    },
    receive: () => undefined,
    signal: (signal: Signal) => heard.push(`${signal.type} ${slots?.hear(signal) ?? ''}`),
  });
  await world.until(() => slots !== undefined);
  return { world, slots: slots as unknown as JobSlots<unknown>, heard, freed, declared };
}

describe('the slots of a job', () => {
  it('given a slot for which nobody answered for a moment / when it offers itself with tasks in it / then it goes back with them, and is not counted on', async () => {
    const { world, slots, heard, freed, declared } = await rig();
    expect(slots.granted('tm-1/task-executor', [SLOT])).toEqual([SLOT]);
    await world.runFor(100);
    expect(slots.hear({ type: 'terminated', address: SLOT })).toBe('lost');
    expect(slots.granted('tm-1/task-executor', [SLOT], true)).toEqual([]);
    expect(slots.heldCount).toBe(0);
    await world.until(() => heard.length > 0);
    expect({ freed, declared: declared[0], heard }).toEqual({ freed: [SLOT], declared: SLOT, heard: ['terminated given-up'] });
  });

  it('given such a slot with nothing in it / then it is used again', async () => {
    const { slots, freed } = await rig();
    slots.granted('tm-1/task-executor', [SLOT]);
    slots.hear({ type: 'terminated', address: SLOT });
    expect(slots.granted('tm-1/task-executor', [SLOT], false)).toEqual([SLOT]);
    expect(slots.heldCount).toBe(1);
    expect(freed).toEqual([]);
  });

  it('given a slot that is held / when it offers itself again / then nothing changes', async () => {
    const { slots, freed } = await rig();
    slots.granted('tm-1/task-executor', [SLOT]);
    expect(slots.granted('tm-1/task-executor', [SLOT], true)).toEqual([]);
    expect(slots.heldCount).toBe(1);
    expect(freed).toEqual([]);
  });
});
