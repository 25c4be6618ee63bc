/** The four stories that showed a refinement to be missing, played on the engine itself: the store of completed checkpoints and the file sink. */
import { describe, expect, it } from '@jest/globals';
import { type JobId, jobId, leaderEpoch, type LeaderEpoch } from '@weir/base';
import { type CheckpointMetadata, CompletedCheckpointStore } from '@weir/checkpoint';
import { FileSink, textLines } from '@weir/connector-file';
import { type FileStore, joinPath, MemoryFileStore, MemoryHighAvailability, SeededRandom, silentLogger } from '@weir/ports';
import { connectorServices, sinkContext } from '../../src/index.js';

const JOB: JobId = jobId('0123456789abcdef0123456789abcdef');
const DIRECTORY = `checkpoints/${JOB}`;

class Cluster {
  readonly files = new MemoryFileStore();
  readonly highAvailability = new MemoryHighAvailability();

  async leader(files: FileStore = this.files): Promise<{ readonly epoch: LeaderEpoch; readonly store: CompletedCheckpointStore }> {
    const epoch = await this.highAvailability.claimEpoch();
    const timers = { after: (_ms: number, callback: () => void) => { queueMicrotask(callback); return () => undefined; }, defer: queueMicrotask };
    return { epoch, store: new CompletedCheckpointStore({ files, highAvailability: this.highAvailability, timers, logger: silentLogger, jobId: JOB, epoch, directory: DIRECTORY }) };
  }
}

function metadata(checkpointId: number, epoch: LeaderEpoch): CheckpointMetadata {
  return {
    checkpointId, epoch, jobId: JOB, jobName: 'story', jobGraphHash: 'f'.repeat(32), triggeredAtMs: 0, completedAtMs: 0, operators: [], coordinators: [], subtasks: [], isFinal: false,
  };
}

async function restoredId(store: CompletedCheckpointStore): Promise<number> {
  return (await store.recover()).restored?.checkpoint.metadata.checkpointId ?? 0;
}

describe('given the store of completed checkpoints', () => {
  it('when writing _metadata fails although it is there / then the checkpoint is completed, since a successor would adopt it', async () => {
    const cluster = new Cluster();
    const { epoch, store } = await cluster.leader();
    await store.recover();
    cluster.files.failWhen((operation) => (operation === 'createExclusive' ? { failure: 'io', applied: true } : undefined));
    expect(await store.complete(metadata(1, epoch))).toMatchObject({ kind: 'completed' });
    expect(store.latest?.metadata.checkpointId).toBe(1);
  });

  it('when writing _metadata fails and nobody can tell whether it is there / then the leader steps down', async () => {
    const cluster = new Cluster();
    const { epoch, store } = await cluster.leader();
    await store.recover();
    cluster.files.failWhen((operation, path) => (path.endsWith('_metadata') ? { failure: 'io', applied: operation === 'createExclusive' } : undefined));
    expect(await store.complete(metadata(1, epoch))).toMatchObject({ kind: 'deposed', failure: { code: 'WEIR_LEADERSHIP_LOST' } });
    cluster.files.failWhen(undefined);
    expect(await restoredId((await cluster.leader()).store)).toBe(1);
  });

  it('when a leader that was overtaken records its choice late / then what the later leader started from stays valid', async () => {
    const cluster = new Cluster();
    const first = await cluster.leader();
    await first.store.recover();
    let overtaken: number | undefined;
    const slow = Object.assign(Object.create(cluster.files) as MemoryFileStore, {
      createExclusive: async (path: string, bytes: Uint8Array) => {
        // It has listed and chosen nothing. The first leader's checkpoint appears, and a third leader starts from it.
        expect(await first.store.complete(metadata(1, first.epoch))).toMatchObject({ kind: 'deposed' });
        overtaken = await restoredId((await cluster.leader()).store);
        await cluster.files.createExclusive(path, bytes);
      },
    });
    await expect((await cluster.leader(slow)).store.recover()).rejects.toMatchObject({ code: 'WEIR_LEADERSHIP_LOST' });
    expect(overtaken).toBe(1);
    expect(await restoredId((await cluster.leader()).store)).toBe(1);
  });

  it('when a leader adopts a _metadata whose directory nobody had synced / then it survives a power cut', async () => {
    const cluster = new Cluster();
    const { epoch, store } = await cluster.leader();
    await store.recover();
    await store.complete(metadata(1, epoch));
    const path = joinPath(joinPath(DIRECTORY, 'chk-1-1'), '_metadata');
    const bytes = await cluster.files.read(path);
    for (let seed = 0; seed < 10; seed++) {
      const crashed = new Cluster();
      await crashed.files.makeDirectory(joinPath(DIRECTORY, 'chk-1-1'));
      const writer = await crashed.files.create(path);
      await writer.write(bytes);
      await writer.sync();
      await writer.close();
      await crashed.highAvailability.claimEpoch();
      expect(await restoredId((await crashed.leader()).store)).toBe(1);
      crashed.files.powerCut(new SeededRandom(seed));
      expect(await restoredId((await crashed.leader()).store)).toBe(1);
    }
  });
});

describe('given a file sink', () => {
  it('when a leader that was overtaken begins its history late / then it removes nothing of later leaders', async () => {
    const files = new MemoryFileStore();
    const sink = FileSink.forRowFormat('out', textLines()).build();
    const begin = (epoch: number): Promise<unknown> => sink.beginHistory({
      ...connectorServices(files), jobId: JOB, earlierJobIds: [], replacing: () => Promise.resolve(), operatorName: 'sink', epoch: leaderEpoch(epoch),
    });
    const write = async (attempt: string): Promise<void> => {
      const context = sinkContext({ files, jobId: JOB, attempt });
      const writer = sink.createWriter(context);
      writer.write('a');
      await sink.createCommitter(context).commit(await writer.prepareCommit());
    };
    await begin(1);
    await write('1.0');
    await begin(2);
    expect((await files.list('out')).map(({ name }) => name)).toEqual([]);
    await write('2.0');
    const kept = (await files.list('out')).map(({ name }) => name);
    await expect(begin(1)).rejects.toMatchObject({ code: 'WEIR_SINK_HISTORY_OVERTAKEN' });
    expect((await files.list('out')).map(({ name }) => name)).toEqual(kept);
  });
});
