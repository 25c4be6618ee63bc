/** Table files that several checkpoints refer to: written once, kept as long as one of them is kept, verified with each (S5, F5). */
import { leaderEpoch } from '@weir/base';
import { describe, expect, it } from '@jest/globals';
import { joinPath, MemoryFileStore, MemoryHighAvailability } from '@weir/ports';
import type { StoredFile, TableSnapshot } from '@weir/state';
import { type CheckpointMetadata, FileCheckpointStorage, type SubtaskSnapshot, verifyCheckpoint } from '../src/index.js';
import { attempts, COUNT, graph, JOB_DIRECTORY, metadata, store } from './fixtures.js';

const EPOCH = leaderEpoch(1);
const [, COUNT_TASK] = attempts(graph(1), EPOCH, 0);

/** Tables as a backend would hand them over: by name, and where they are stored already. */
function tables(files: Readonly<Record<string, StoredFile | undefined>>, onSettled: (stored: readonly StoredFile[] | undefined) => void = () => undefined): TableSnapshot {
  return {
    format: 'test', scope: 'count', keyGroups: { first: 0, last: 127 }, meta: new Uint8Array([1]),
    files: Object.entries(files).map(([name, stored]) => {
      const content = new TextEncoder().encode(`content of ${name}`);
      return { name, sizeBytes: content.length, stored, read: (offset, length) => Promise.resolve(content.slice(offset, offset + length)) };
    }),
    settled: (stored) => {
      onSettled(stored);
      return Promise.resolve();
    },
  };
}

async function scenario() {
  const files = new MemoryFileStore();
  const highAvailability = new MemoryHighAvailability();
  await highAvailability.claimEpoch();
  const completed = store(files, highAvailability, EPOCH, 1);
  await completed.recover();
  const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY });
  const write = async (checkpointId: number, named: Readonly<Record<string, StoredFile | undefined>>): Promise<{ metadata: CheckpointMetadata; stored: readonly StoredFile[] }> => {
    let stored: readonly StoredFile[] = [];
    const snapshot: SubtaskSnapshot = await storage.writeSubtask({
      checkpointId, attempt: COUNT_TASK, finished: false, inputs: [], outputs: [],
      operators: [{ operatorId: COUNT, lists: [], tables: tables(named, (settled) => { stored = settled ?? []; }) }],
    });
    return { metadata: metadata(checkpointId, 1, [snapshot]), stored };
  };
  const complete = async (of: CheckpointMetadata): Promise<void> => {
    const outcome = await completed.complete(of);
    if (outcome.kind !== 'completed') throw new Error(`checkpoint ${of.checkpointId}: ${outcome.kind}`);
    await completed.discardSubsumed(outcome.permit);
  };
  const there = async (path: string): Promise<boolean> => (await files.stat(joinPath(JOB_DIRECTORY, path))) !== undefined;
  return { files, highAvailability, storage, write, complete, there };
}

describe('given a checkpoint that refers to a file of an earlier one', () => {
  it('when the earlier one is subsumed / then its file stays as long as a kept checkpoint needs it, and goes with the last', async () => {
    const { files, write, complete, there } = await scenario();
    const first = await write(1, { 'a.ldb': undefined });
    await complete(first.metadata);
    const [a] = first.stored;
    const second = await write(2, { 'a.ldb': a, 'b.ldb': undefined });
    await complete(second.metadata);
    expect(second.stored[0]).toEqual(a);
    expect(await there(a.path)).toBe(true);
    const third = await write(3, { 'b.ldb': second.stored[1] });
    await complete(third.metadata);
    expect(await there(second.stored[1].path)).toBe(true);
    expect(await there(a.path)).toBe(false); // checkpoint 2 is no more, only its b is
    expect((await files.list(JOB_DIRECTORY)).map(({ name }) => name)).toEqual(['chk-2-1', 'chk-3-1', 'epoch-1.restored']);
    expect((await files.list(joinPath(JOB_DIRECTORY, 'chk-2-1'))).map(({ path }) => path)).toEqual([joinPath(JOB_DIRECTORY, second.stored[1].path)]);
    await complete((await write(4, { 'c.ldb': undefined })).metadata);
    expect((await files.list(JOB_DIRECTORY)).map(({ name }) => name)).toEqual(['chk-4-1', 'epoch-1.restored']);
  });

  it('when a new leader comes / then it keeps what its checkpoints refer to, and deletes it when they do not any more', async () => {
    const { files, highAvailability, write, complete, there } = await scenario();
    const first = await write(1, { 'a.ldb': undefined, 'x.ldb': undefined });
    await complete(first.metadata);
    await complete((await write(2, { 'a.ldb': first.stored[0] })).metadata);
    const epoch = await highAvailability.claimEpoch();
    const successor = store(files, highAvailability, epoch, 1);
    const { notes } = await successor.recover();
    expect(notes).toEqual([]);
    expect([await there(first.stored[0].path), await there(first.stored[1].path)]).toEqual([true, false]);
    const outcome = await successor.complete(metadata(3, epoch));
    if (outcome.kind !== 'completed') throw new Error(outcome.kind);
    await successor.discardSubsumed(outcome.permit);
    expect((await files.list(JOB_DIRECTORY)).map(({ name }) => name)).toEqual([`chk-3-${epoch}`, 'epoch-1.restored', `epoch-${epoch}.restored`]);
  });

  it('when that file is damaged or missing / then verification says so by its name, and a new leader does not take the checkpoint', async () => {
    for (const damage of ['flipped', 'missing'] as const) {
      const { files, highAvailability, write, complete } = await scenario();
      const first = await write(1, { 'a.ldb': undefined });
      await complete(first.metadata);
      await complete((await write(2, { 'a.ldb': first.stored[0] })).metadata);
      const path = joinPath(JOB_DIRECTORY, first.stored[0].path);
      expect(await verifyCheckpoint(files, `${JOB_DIRECTORY}/chk-2-1`)).toMatchObject({ valid: true });
      const bytes = (await files.read(path)).slice();
      await files.remove(path);
      bytes[3] ^= 4;
      if (damage === 'flipped') await files.createExclusive(path, bytes);
      expect(await verifyCheckpoint(files, `${JOB_DIRECTORY}/chk-2-1`)).toMatchObject({ valid: false, findings: [{ file: path }] });
      if (damage === 'flipped') continue; // below the register's pointer sizes are looked at; the task that reads it verifies all
      const epoch = await highAvailability.claimEpoch();
      await expect(store(files, highAvailability, epoch).recover()).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_LOST' });
    }
  });

  it('when a piece is read / then its size and checksum are verified first or last, never skipped', async () => {
    const { files, storage, write } = await scenario();
    const { stored: [a] } = await write(1, { 'a.ldb': undefined });
    const pieces: Uint8Array[] = [];
    await storage.readFile({ kind: 'file', ...a }, async (piece) => { pieces.push(piece); });
    expect(new TextDecoder().decode(pieces[0])).toBe('content of a.ldb');
    await expect(storage.readFile({ kind: 'file', ...a, crc32: a.crc32 ^ 1 }, () => Promise.resolve())).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_DAMAGED' });
    await files.remove(joinPath(JOB_DIRECTORY, a.path));
    await expect(storage.readFile({ kind: 'file', ...a }, () => Promise.resolve())).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_FILE_MISSING' });
  });
});

it('given a backend whose file cannot be read / then the snapshot is not stored, and the backend hears that', async () => {
  const { storage } = await scenario();
  let settled: readonly StoredFile[] | undefined | 'not yet' = 'not yet';
  const broken = tables({ 'a.ldb': undefined }, (stored) => { settled = stored; });
  const failing: TableSnapshot = { ...broken, files: broken.files.map((file) => ({ ...file, read: () => Promise.reject(new Error('disk')) })) };
  await expect(storage.writeSubtask({
    checkpointId: 1, attempt: COUNT_TASK, finished: false, inputs: [], outputs: [], operators: [{ operatorId: COUNT, lists: [], tables: failing }],
  })).rejects.toThrow('disk');
  expect(settled).toBeUndefined();
});
