import { leaderEpoch } from '@weir/base';
import { type CompareAndSetOutcome, type JobRegister, MemoryFileStore, MemoryHighAvailability, type Versioned } from '@weir/ports';
import { describe, expect, it } from '@jest/globals';
import type { CompletedCheckpointStore } from '../src/index.js';
import { JOB, JOB_DIRECTORY, metadata, store } from './fixtures.js';

async function completed(leader: CompletedCheckpointStore, id: number, epoch: number) {
  const outcome = await leader.complete(metadata(id, epoch));
  if (outcome.kind !== 'completed') throw new Error(`checkpoint ${id}: ${outcome.kind}`);
  return outcome.permit;
}
const idOf = (recovery: Awaited<ReturnType<CompletedCheckpointStore['recover']>>) => recovery.restored?.checkpoint.metadata.checkpointId;

/** A register store whose compare-and-set may take effect and say nothing, or neither. */
class UnsureHighAvailability extends MemoryHighAvailability {
  mode: 'sure' | 'applied' | 'not-applied' = 'sure';
  override async compareAndSetRegister(job: typeof JOB, version: number, value: JobRegister): Promise<CompareAndSetOutcome> {
    const { mode } = this;
    this.mode = 'sure';
    if (mode === 'not-applied') throw new Error('timeout');
    const outcome = await super.compareAndSetRegister(job, version, value);
    if (mode === 'applied') throw new Error('timeout');
    return outcome;
  }
}

describe('given a leader', () => {
  it.each(['applied', 'not-applied'] as const)('when the outcome of the pointer update is unknown (%s) / then it is found out', async (mode) => {
    const files = new MemoryFileStore();
    const ha = new UnsureHighAvailability();
    const leader = store(files, ha, await ha.claimEpoch());
    await leader.recover();
    ha.mode = mode;
    await completed(leader, 1, 1);
    expect((await ha.readRegister(JOB))?.value.lastCompletedCheckpoint?.checkpointId).toBe(1);
  });

  it('when the job ends while a completion waits for the register / then the end is what the register says', async () => {
    const files = new MemoryFileStore();
    const ha = new UnsureHighAvailability();
    const leader = store(files, ha, await ha.claimEpoch());
    await leader.recover();
    await completed(leader, 1, 1);
    ha.mode = 'not-applied'; // so that the completion's write comes second to any other
    const outcomes = await Promise.all([leader.complete(metadata(2, 1)), leader.close('finished'), leader.complete(metadata(3, 1))]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['completed', 'recorded', 'failed']);
    expect((await ha.readRegister(JOB))?.value).toMatchObject({ status: 'finished', lastCompletedCheckpoint: { checkpointId: 2 } });
  });

  it('when the register stays unreachable / then it steps down and deletes nothing', async () => {
    const files = new MemoryFileStore();
    const ha = new MemoryHighAvailability();
    const leader = store(files, ha, await ha.claimEpoch(), 1);
    await leader.recover();
    await completed(leader, 1, 1);
    const permit = await completed(leader, 2, 1);
    ha.readRegister = () => Promise.reject(new Error('no responders'));
    const outcome = await leader.complete(metadata(3, 1));
    expect(outcome).toMatchObject({ kind: 'deposed', failure: { code: 'WEIR_LEADERSHIP_LOST' } });
    const before = (await files.list(JOB_DIRECTORY)).map((entry) => entry.name);
    await leader.discardSubsumed(permit);
    await leader.discardIncomplete(3);
    expect((await files.list(JOB_DIRECTORY)).map((entry) => entry.name)).toEqual(before);
  });

  it('when a successor has claimed / then the zombie gets no permit, and the successor never goes back behind its choice', async () => {
    const files = new MemoryFileStore();
    const ha = new MemoryHighAvailability();
    const zombie = store(files, ha, await ha.claimEpoch());
    await zombie.recover();
    await completed(zombie, 1, 1);
    const second = store(files, ha, await ha.claimEpoch());
    expect(idOf(await second.recover())).toBe(1);
    expect((await zombie.complete(metadata(2, 1))).kind).toBe('deposed'); // its _metadata is on disk, complete
    const third = store(files, ha, await ha.claimEpoch());
    const recovery = await third.recover();
    expect(idOf(recovery)).toBe(1);
    expect(recovery.nextCheckpointId).toBe(3);
    expect(await files.stat(`${JOB_DIRECTORY}/chk-2-1`)).toBeUndefined();
  });

  it('when a zombie updates the register between the successor\'s listing and its own update / then the zombie\'s checkpoint is void', async () => {
    const files = new MemoryFileStore();
    const ha = new MemoryHighAvailability();
    const zombie = store(files, ha, await ha.claimEpoch());
    await zombie.recover();
    await completed(zombie, 1, 1);
    const epoch = await ha.claimEpoch();
    // The zombie does not hear of the claim until its own check of the epoch: that is at the end.
    let outcome: string | undefined;
    const largest = ha.largestEpoch.bind(ha);
    const createExclusive = files.createExclusive.bind(files);
    files.createExclusive = async (path, bytes) => {
      if (path.endsWith('.restored') && outcome === undefined) {
        outcome = 'started';
        outcome = (await zombie.complete(metadata(2, 1))).kind;
      }
      return createExclusive(path, bytes);
    };
    ha.largestEpoch = largest;
    const second = store(files, ha, epoch);
    expect(idOf(await second.recover())).toBe(1);
    expect(outcome).toBe('deposed');
    expect((await ha.readRegister(JOB))?.value).toMatchObject({ epoch, lastCompletedCheckpoint: { checkpointId: 1 } });
  });

  it('when more than the retained number completed / then the oldest are gone and the rest restores', async () => {
    const files = new MemoryFileStore();
    const ha = new MemoryHighAvailability();
    const leader = store(files, ha, await ha.claimEpoch(), 2);
    await leader.recover();
    for (let id = 1; id <= 4; id++) await leader.discardSubsumed(await completed(leader, id, 1));
    expect((await files.list(JOB_DIRECTORY)).map((entry) => entry.name)).toEqual(['chk-3-1', 'chk-4-1', 'epoch-1.restored']);
  });

  it('when a retained checkpoint refers to files of an older one / then those stay, and the older one is a checkpoint no more', async () => {
    const files = new MemoryFileStore();
    const ha = new MemoryHighAvailability();
    const leader = store(files, ha, await ha.claimEpoch(), 1);
    await leader.recover();
    await completed(leader, 1, 1);
    for (const name of ['x.state', 'y.state']) await (await files.create(`${JOB_DIRECTORY}/chk-1-1/${name}`)).close();
    const carried = { vertexId: 'a'.repeat(32), subtaskIndex: 0, finished: true, operators: [], inputs: [], outputs: [], state: { kind: 'file', path: 'chk-1-1/x.state', sizeBytes: 1, crc32: 1 } };
    const outcome = await leader.complete(metadata(2, 1, [carried as never]));
    if (outcome.kind === 'completed') await leader.discardSubsumed(outcome.permit);
    expect((await files.list(`${JOB_DIRECTORY}/chk-1-1`)).map(({ name }) => name)).toEqual(['x.state']);
  });

  it('when writing metadata fails / then the checkpoint is completed if it is there all the same, and failed if not', async () => {
    const files = new MemoryFileStore();
    const ha = new MemoryHighAvailability();
    const leader = store(files, ha, await ha.claimEpoch());
    await leader.recover();
    files.failWhen((operation) => (operation === 'createExclusive' ? { failure: 'io', applied: true } : undefined));
    expect(await leader.complete(metadata(1, 1))).toMatchObject({ kind: 'completed' });
    files.failWhen((operation) => (operation === 'createExclusive' ? 'no-space' : undefined));
    expect(await leader.complete(metadata(2, 1))).toMatchObject({ kind: 'failed', failure: { code: 'WEIR_DISK_FULL' } });
    files.failWhen(undefined);
    await leader.discardIncomplete(1);
    await leader.discardIncomplete(2);
    expect((await files.list(JOB_DIRECTORY)).map((entry) => entry.name)).toEqual(['chk-1-1', 'epoch-1.restored']);
  });
});

describe('given a register that names a checkpoint', () => {
  async function led(): Promise<{ files: MemoryFileStore; ha: MemoryHighAvailability }> {
    const files = new MemoryFileStore();
    const ha = new MemoryHighAvailability();
    const leader = store(files, ha, await ha.claimEpoch(), 3);
    await leader.recover();
    await completed(leader, 1, 1);
    await completed(leader, 2, 1);
    return { files, ha };
  }

  it('when it is damaged and no newer one is valid / then the job stops, coded, and does not take the older one', async () => {
    const { files, ha } = await led();
    files.flipBit(`${JOB_DIRECTORY}/chk-2-1/_metadata`, 40);
    await expect(store(files, ha, await ha.claimEpoch()).recover()).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_LOST' });
  });

  it('when the whole directory is gone / then the job stops instead of starting fresh', async () => {
    const { files, ha } = await led();
    await files.removeTree(JOB_DIRECTORY);
    await expect(store(files, ha, await ha.claimEpoch()).recover()).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_LOST' });
  });

  it('when a newer one is complete though nobody was told / then it is adopted with a permit', async () => {
    const { files, ha } = await led();
    const { writeMetadata } = await import('../src/index.js');
    await files.makeDirectory(`${JOB_DIRECTORY}/chk-3-1`);
    await writeMetadata(files, `${JOB_DIRECTORY}/chk-3-1`, metadata(3, 1));
    const recovery = await store(files, ha, await ha.claimEpoch()).recover();
    expect(recovery.restored?.permit.checkpointId).toBe(3);
    expect(recovery.nextCheckpointId).toBe(4);
  });

  it('when one that it does not name is damaged / then that is only a note', async () => {
    const { files, ha } = await led();
    files.flipBit(`${JOB_DIRECTORY}/chk-1-1/_metadata`, 40);
    const recovery = await store(files, ha, await ha.claimEpoch()).recover();
    expect(idOf(recovery)).toBe(2);
    expect(recovery.notes).toEqual([expect.stringContaining('chk-1-1')]);
  });

  it('when the register itself is lost / then it is rebuilt from the files, unless the newest is damaged', async () => {
    const { files } = await led();
    const fresh = new MemoryHighAvailability();
    await fresh.claimEpoch();
    const recovery = await store(files, fresh, await fresh.claimEpoch()).recover();
    expect(idOf(recovery)).toBe(2);

    const other = await led();
    other.files.flipBit(`${JOB_DIRECTORY}/chk-2-1/_metadata`, 40);
    const empty: Versioned<JobRegister> | undefined = undefined;
    other.ha.readRegister = () => Promise.resolve(empty);
    await expect(store(other.files, other.ha, await other.ha.claimEpoch()).recover()).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_LOST' });
  });

  it('when epochs have fallen below those of the files / then the leader does not act', async () => {
    const { files } = await led();
    const fresh = new MemoryHighAvailability();
    const two = store(files, fresh, leaderEpoch(2));
    await two.recover();
    await expect(store(files, fresh, leaderEpoch(1)).recover()).rejects.toMatchObject({ code: 'WEIR_LEADERSHIP_LOST' });
  });

  it('when the job has ended / then it is not started again by accident', async () => {
    const { files, ha } = await led();
    const second = store(files, ha, await ha.claimEpoch());
    await second.recover();
    expect(await second.close('canceled')).toEqual({ kind: 'recorded' });
    await expect(store(files, ha, await ha.claimEpoch()).recover()).rejects.toMatchObject({ code: 'WEIR_JOB_ENDED' });
    expect(idOf(await store(files, ha, await ha.claimEpoch()).recover({ reopen: true }))).toBe(2);
  });
});
