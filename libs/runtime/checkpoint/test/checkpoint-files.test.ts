import { leaderEpoch } from '@weir/base';
import { MemoryFileStore } from '@weir/ports';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FileCheckpointStorage, listCheckpoints, readMetadata, showCheckpoint, type StateHandle, type SubtaskSnapshot, verifyCheckpoint, writeMetadata } from '../src/index.js';
import { decodeMetadata, encodeMetadata } from '../src/internal.js';
import { attempts, COUNT, COUNT_VERTEX, graph, JOB_DIRECTORY, metadata } from './fixtures.js';

const ATTEMPT = attempts(graph(1), leaderEpoch(1), 0)[1];
const CHECKPOINT = `${JOB_DIRECTORY}/chk-1-1`;

async function write(files: MemoryFileStore, inlineThresholdBytes: number, bytes = Uint8Array.from({ length: 3000 }, (_, i) => i % 251)): Promise<SubtaskSnapshot> {
  const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY, inlineThresholdBytes });
  return storage.writeSubtask({
    checkpointId: 1, attempt: ATTEMPT, finished: false, inputs: [{ edgeIndex: 0, fromSubtask: 0, toSubtask: 0, barrierSeq: 7 }], outputs: [],
    operators: [{ operatorId: COUNT, keyed: { firstKeyGroup: 0, offsets: [0, 10, 10, bytes.length], bytes }, lists: [{ name: 'pending', distribution: 'split', elements: [Uint8Array.of(1), Uint8Array.of(2, 3)] }] }],
  });
}

async function checkpoint(inlineThresholdBytes = 100): Promise<{ files: MemoryFileStore; snapshot: SubtaskSnapshot }> {
  const files = new MemoryFileStore();
  const snapshot = await write(files, inlineThresholdBytes);
  await files.makeDirectory(CHECKPOINT);
  const operators = [{ operatorId: COUNT, name: 'count', uid: 'count', stateful: true, vertexId: COUNT_VERTEX, parallelism: 1, maxParallelism: 128, maxParallelismExplicit: false }];
  await writeMetadata(files, CHECKPOINT, { ...metadata(1, 1, [snapshot]), operators });
  return { files, snapshot };
}

function fileOf(handle: StateHandle | undefined): string {
  if (handle?.kind !== 'file') throw new Error('the state was inlined');
  return `${JOB_DIRECTORY}/${handle.path}`;
}

describe('given the snapshot of a subtask', () => {
  it.each([['file', 100], ['inline', 20_000]] as const)('when it is written as %s / then each segment reads back', async (kind, threshold) => {
    const files = new MemoryFileStore();
    const snapshot = await write(files, threshold);
    expect(snapshot.state?.kind).toBe(kind);
    const all = await new FileCheckpointStorage({ files, directory: JOB_DIRECTORY }).readState(snapshot.state as StateHandle);
    const [operator] = snapshot.operators;
    const segments = [...operator.lists[0].elements].map(({ offset, length }) => [...all.subarray(offset, offset + length)]);
    expect(segments).toEqual([[1], [2, 3]]);
    const keyed = operator.keyed?.segment ?? { offset: 0, length: 0 };
    expect(all[keyed.offset + 2999]).toBe(2999 % 251);
    if (kind === 'file') expect(snapshot.state).toMatchObject({ path: 'chk-1-1/bbbbbbbb-0-1.0.state' });
  });

  it('when no operator has state / then there is no handle', async () => {
    const storage = new FileCheckpointStorage({ files: new MemoryFileStore(), directory: JOB_DIRECTORY });
    expect((await storage.writeSubtask({ checkpointId: 1, attempt: ATTEMPT, finished: true, operators: [], inputs: [], outputs: [] })).state).toBeUndefined();
  });

  it.each(['write', 'sync', 'syncDirectory'])('when %s fails / then the file is abandoned and removed', async (operation) => {
    const files = new MemoryFileStore();
    files.failWhen((performed) => (performed === operation ? 'io' : undefined));
    await expect(write(files, 100)).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
    files.failWhen(undefined);
    expect(await files.list(CHECKPOINT)).toEqual([]);
  });

  it('when any bit of the file is flipped, or it is cut off or missing / then reading fails, coded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3000), async (byte) => {
        const { files, snapshot } = await checkpoint();
        files.flipBit(fileOf(snapshot.state), byte);
        const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY });
        await expect(storage.readState(snapshot.state as StateHandle)).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_DAMAGED' });
      }),
      { numRuns: 100 },
    );
    const { files, snapshot } = await checkpoint();
    const cut = { ...(snapshot.state as Extract<StateHandle, { kind: 'file' }>), sizeBytes: 5000 };
    const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY });
    await expect(storage.readState(cut)).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_DAMAGED', expected: '5000 bytes' });
    await files.remove(fileOf(snapshot.state));
    await expect(storage.readState(snapshot.state as StateHandle)).rejects.toMatchObject({ code: 'WEIR_CHECKPOINT_FILE_MISSING' });
  });

  it('when two files of the same length are swapped / then their checksums tell', async () => {
    const a = await write(new MemoryFileStore(), 100, new Uint8Array(3000).fill(1));
    const b = await write(new MemoryFileStore(), 100, new Uint8Array(3000).fill(2));
    expect(a.state).toMatchObject({ sizeBytes: (b.state as { sizeBytes: number }).sizeBytes });
    expect((a.state as StateHandle).crc32).not.toBe((b.state as StateHandle).crc32);
  });

  it('when it is read by many / then the disk is read once and the cache stays within its budget', async () => {
    const { files, snapshot } = await checkpoint();
    const storage = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY, cacheBytes: 4000 });
    const before = files.operations;
    await Promise.all([1, 2, 3].map(() => storage.readState(snapshot.state as StateHandle)));
    await storage.readState(snapshot.state as StateHandle);
    expect(files.operations - before).toBe(1);
    storage.releaseCache();
    await storage.readState(snapshot.state as StateHandle);
    expect(files.operations - before).toBe(2);
    const tight = new FileCheckpointStorage({ files, directory: JOB_DIRECTORY, cacheBytes: 10 });
    await tight.readState(snapshot.state as StateHandle);
    await tight.readState(snapshot.state as StateHandle);
    expect(files.operations - before).toBe(4);
  });
});

describe('given a _metadata file', () => {
  it('when it is read / then it is what was written', async () => {
    const { files, snapshot } = await checkpoint();
    const read = await readMetadata(files, CHECKPOINT);
    expect(read.subtasks).toEqual([snapshot]);
    expect(await readMetadata(files, `${CHECKPOINT}/_metadata`)).toEqual(read);
  });

  it('when it exists / then it is not overwritten', async () => {
    const { files } = await checkpoint();
    await expect(writeMetadata(files, CHECKPOINT, metadata(1, 1))).rejects.toMatchObject({ code: 'WEIR_FILE_EXISTS' });
  });

  it('when any bit is flipped or the end is cut off anywhere / then it is refused with a code that names the file', async () => {
    const whole = encodeMetadata({ ...metadata(1, 1), subtasks: [await write(new MemoryFileStore(), 20_000, new Uint8Array(30))] });
    const codes = new Set<string>();
    const refusal = (bytes: Uint8Array): string => {
      try {
        decodeMetadata('some/_metadata', bytes);
      } catch (error) {
        expect((error as Error).message).toContain('some/_metadata');
        return (error as { code: string }).code;
      }
      throw new Error('damage was not noticed');
    };
    for (let byte = 0; byte < whole.length; byte++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = whole.slice();
        damaged[byte] ^= 1 << bit;
        codes.add(refusal(damaged));
      }
      codes.add(refusal(whole.subarray(0, byte)));
    }
    expect([...codes].sort()).toEqual(['WEIR_CHECKPOINT_DAMAGED', 'WEIR_CHECKPOINT_NOT_RECOGNIZED', 'WEIR_CHECKPOINT_VERSION']);
  });
});

describe('given the inspector', () => {
  it('when all is well / then it lists, shows and verifies', async () => {
    const { files } = await checkpoint();
    expect(await listCheckpoints(files, JOB_DIRECTORY)).toEqual([expect.objectContaining({ checkpointId: 1, epoch: 1, status: 'complete', durationMs: 200, jobName: 'word count' })]);
    expect((await showCheckpoint(files, CHECKPOINT)).operators).toEqual([
      expect.objectContaining({ name: 'count', keyedBytes: 3000, nonEmptyKeyGroups: 2, lists: [{ name: 'pending', distribution: 'split', elements: 2, sizeBytes: 3 }] }),
    ]);
    expect(await verifyCheckpoint(files, CHECKPOINT)).toMatchObject({ valid: true, findings: [] });
  });

  it('when files are damaged or missing / then each is a finding with what to do', async () => {
    const { files, snapshot } = await checkpoint();
    files.flipBit(fileOf(snapshot.state), 99);
    expect((await verifyCheckpoint(files, CHECKPOINT)).findings).toEqual([
      expect.objectContaining({ file: fileOf(snapshot.state), code: 'WEIR_CHECKPOINT_DAMAGED', whatToDo: expect.stringContaining('copy') }),
    ]);
    files.flipBit(`${CHECKPOINT}/_metadata`, 20);
    expect(await listCheckpoints(files, JOB_DIRECTORY)).toEqual([expect.objectContaining({ status: 'damaged', problem: expect.stringContaining('checksum') })]);
    expect(await verifyCheckpoint(files, 'nowhere/chk-1-1')).toMatchObject({ valid: false, findings: [{ code: 'WEIR_CHECKPOINT_FILE_MISSING' }] });
  });
});
