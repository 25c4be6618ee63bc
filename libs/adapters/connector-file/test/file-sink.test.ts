import { describe, expect, it } from '@jest/globals';
import { fc } from '@fast-check/jest';
import { type FileCommittable, FileSink, textLines } from '@weir/connector-file';
import { MemoryFileStore, SeededRandom } from '@weir/ports';
import { connectorServices, sinkContext } from '@weir/testing/connectors';

const JOB = '0123456789ab0123456789ab01234567';
const EARLIER_JOB = 'aaaaaaaaaaaa0000aaaaaaaaaaaa0000';

function sinkOf(directory = 'out'): FileSink<string> {
  return FileSink.forRowFormat(directory, textLines()).build();
}

async function begin(files: MemoryFileStore, earlierJobIds: readonly string[] = []): Promise<readonly string[]> {
  const { notes } = await sinkOf().beginHistory({ ...connectorServices(files), jobId: JOB, epoch: 2, earlierJobIds, replacing: () => Promise.resolve(), operatorName: 'sink' });
  return notes;
}

async function names(files: MemoryFileStore, directory = 'out'): Promise<string[]> {
  return (await files.list(directory)).map(({ name }) => name);
}

async function put(files: MemoryFileStore, path: string, text: string): Promise<void> {
  const writer = await files.create(path);
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

/** Lines under final names. */
async function committedLines(files: MemoryFileStore, directory = 'out'): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, path } of await files.list(directory)) {
    if (name.startsWith('part-'))
      lines.push(
        ...new TextDecoder()
          .decode(await files.read(path))
          .split('\n')
          .slice(0, -1),
      );
  }
  return lines;
}

describe('a file sink', () => {
  it('shows nothing before the commit, and whole files behind it', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const context = sinkContext({ files, jobId: JOB, attempt: '1.2', subtaskIndex: 3, parallelism: 4 });
    const writer = sinkOf().createWriter(context);
    writer.write('a');
    writer.write('b');
    const committables = await writer.prepareCommit();
    const [staging] = await names(files);
    expect(staging).toMatch(/^\.part-0123456789ab-[0-9a-f]{6}-3-1_2-0\.txt\.inprogress$/);
    expect(committables).toEqual([
      {
        from: `out/${staging}`,
        to: `out/${staging.slice(1, -'.inprogress'.length)}`,
        sizeBytes: 4,
        crc32: expect.any(Number) as unknown,
        subtask: 3,
      },
    ]);
    const committer = sinkOf().createCommitter(context);
    await committer.commit(committables);
    await committer.commit(committables);
    expect(await names(files)).toEqual([staging.slice(1, -'.inprogress'.length)]);
    expect(await committedLines(files)).toEqual(['a', 'b']);
  });

  it('writes no file for an empty interval', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const writer = sinkOf().createWriter(sinkContext({ files, jobId: JOB }));
    expect(await writer.prepareCommit()).toEqual([]);
    await writer.close();
    expect(await names(files)).toEqual([]);
  });

  it('rolls by size and by age, and prepares all files of an interval together', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const context = sinkContext({ files, jobId: JOB });
    const sink = FileSink.forRowFormat('out', textLines()).withRollingPolicy({ maxPartSizeBytes: 10, rolloverIntervalMs: 1000 }).build();
    const writer = sink.createWriter(context);
    for (let i = 0; i < 7; i++) writer.write(`00${i}`);
    context.timers.advanceBy(1000);
    writer.write('007');
    writer.write('008');
    const committables = await writer.prepareCommit();
    expect(committables.map(({ sizeBytes }) => sizeBytes)).toEqual([12, 12, 8, 4]);
    await sink.createCommitter(context).commit(committables);
    expect(await committedLines(files)).toEqual(['000', '001', '002', '003', '004', '005', '006', '007', '008']);
  });

  it('removes unfinished files at its close, and keeps prepared ones', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const writer = sinkOf().createWriter(sinkContext({ files, jobId: JOB }));
    writer.write('a');
    await writer.prepareCommit();
    writer.write('b');
    await writer.close();
    expect(await names(files)).toEqual([expect.stringMatching(/-0\.txt\.inprogress$/)]);
  });

  it('pushes back while its buffers are full', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const writer = sinkOf().createWriter(sinkContext({ files, jobId: JOB }));
    const line = 'x'.repeat(300_000);
    for (let i = 0; i < 3; i++) writer.write(line);
    expect(writer.backlog()).toBeUndefined();
    writer.write(line);
    await writer.backlog();
    expect(writer.backlog()).toBeUndefined();
    expect((await writer.prepareCommit())[0].sizeBytes).toBe(1_200_004);
  });

  it('fails with the coded error when the disk is full: backlog, prepare and later writes', async () => {
    const files = new MemoryFileStore({ quotaBytes: 500_000 });
    await begin(files);
    const writer = sinkOf().createWriter(sinkContext({ files, jobId: JOB }));
    const line = 'x'.repeat(300_000);
    for (let i = 0; i < 4; i++) writer.write(line);
    await expect(writer.backlog()).rejects.toMatchObject({ code: 'WEIR_DISK_FULL' });
    await expect(writer.prepareCommit()).rejects.toMatchObject({ code: 'WEIR_DISK_FULL' });
    expect(() => writer.write(line)).toThrow(expect.objectContaining({ code: 'WEIR_DISK_FULL' }));
    await writer.close();
  });

  it('abandons a file whose fsync failed', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const writer = sinkOf().createWriter(sinkContext({ files, jobId: JOB }));
    writer.write('a');
    let syncs = 0;
    files.failWhen((operation) => (operation === 'sync' && ++syncs === 1 ? 'io' : undefined));
    await expect(writer.prepareCommit()).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
    await expect(writer.prepareCommit()).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
    expect(syncs).toBe(1);
  });
});

describe('the history of a sink directory', () => {
  it('replaces files of earlier runs of the same job, and leaves all others alone', async () => {
    const files = new MemoryFileStore();
    await files.makeDirectory('out');
    const kept = [
      '_SUCCESS',
      'notes.txt',
      'part-1.txt',
      'part-bbbbbbbbbbbb-123456-0-1_0-0.txt',
      '.part-bbbbbbbbbbbb-123456-0-1_0-0.txt.inprogress',
    ];
    const gone = [
      'part-aaaaaaaaaaaa-123456-0-1_0-0.txt',
      '.part-aaaaaaaaaaaa-123456-0-1_0-1.txt.inprogress',
      'part-0123456789ab-123456-0-1_0-0.jsonl',
    ];
    for (const name of [...kept, ...gone]) await put(files, `out/${name}`, 'x');
    expect(await begin(files, [EARLIER_JOB])).toEqual(['replaced 2 files of an earlier run in out', '5 other files in out are left alone']);
    expect(await names(files)).toEqual([...kept].sort());
  });

  it('says nothing of a new directory, and fails early for one that cannot be written', async () => {
    const files = new MemoryFileStore();
    expect(await begin(files)).toEqual([]);
    files.failWhen((operation) => (operation === 'create' ? 'permission' : undefined));
    await expect(begin(files)).rejects.toMatchObject({ code: 'WEIR_SINK_DIRECTORY_UNWRITABLE' });
  });
});

describe('a committer', () => {
  it('fails when a prepared file and its result are both gone, damaged, or of another size', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const context = sinkContext({ files, jobId: JOB });
    const writer = sinkOf().createWriter(context);
    writer.write('abc');
    const [committable] = await writer.prepareCommit();
    const committer = sinkOf().createCommitter(context);
    await expect(committer.commit([{ ...committable, from: 'out/x', to: 'out/y' }])).rejects.toMatchObject({
      code: 'WEIR_COMMIT_LOST',
      retry: 'never',
    });
    await expect(committer.commit([{ ...committable, sizeBytes: 5 }])).rejects.toMatchObject({ code: 'WEIR_COMMIT_DAMAGED' });
    files.flipBit(committable.from, 1);
    await expect(committer.recover([committable])).rejects.toMatchObject({ code: 'WEIR_COMMIT_DAMAGED' });
    await put(files, committable.to, 'other text');
    await expect(committer.commit([committable])).rejects.toMatchObject({ code: 'WEIR_COMMIT_CONFLICT' });
  });

  it('given sinks of two operators and jobs in one directory, when one recovers, then it aborts only its own earlier files', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const left = sinkContext({ files, jobId: JOB, operatorId: '1'.repeat(32) });
    const others = [
      sinkContext({ files, jobId: JOB, operatorId: '2'.repeat(32) }),
      sinkContext({ files, jobId: EARLIER_JOB, operatorId: '1'.repeat(32) }),
      sinkContext({ files, jobId: JOB, operatorId: '1'.repeat(32), attempt: '1.10' }),
    ];
    for (const context of [left, ...others]) {
      const writer = sinkOf().createWriter(context);
      writer.write('a');
      await writer.prepareCommit();
    }
    const before = await names(files);
    expect(before).toHaveLength(4);
    await sinkOf()
      .createCommitter({ ...left, attempt: '1.9' })
      .recover([]);
    expect(await names(files)).toHaveLength(3);
    await sinkOf()
      .createCommitter({ ...left, attempt: '2.0' })
      .recover([]);
    expect(await names(files)).toHaveLength(2);
  });

  it('given another parallelism after the restore, then every share is committed or aborted by exactly one subtask', async () => {
    const files = new MemoryFileStore();
    await begin(files);
    const restored: FileCommittable[] = [];
    for (let subtaskIndex = 0; subtaskIndex < 5; subtaskIndex++) {
      const writer = sinkOf().createWriter(sinkContext({ files, jobId: JOB, subtaskIndex, parallelism: 5 }));
      writer.write(`kept ${subtaskIndex}`);
      restored.push(...(await writer.prepareCommit()));
      writer.write('void');
      await writer.prepareCommit();
    }
    for (let subtaskIndex = 0; subtaskIndex < 2; subtaskIndex++) {
      await sinkOf()
        .createCommitter(sinkContext({ files, jobId: JOB, subtaskIndex, parallelism: 2, attempt: '1.1' }))
        .recover(restored);
    }
    expect(await committedLines(files)).toEqual(['kept 0', 'kept 1', 'kept 2', 'kept 3', 'kept 4']);
    expect(await names(files)).toHaveLength(5);
  });
});

/**
 * A job of 24 records with a checkpoint after each four, as the runtime runs it: prepare, complete (in memory that no crash loses), commit.
 * The power is cut after given numbers of file operations; each time a new attempt goes on from the last completed checkpoint.
 */
async function runWithCrashes(crashes: readonly number[], seed: number): Promise<{ files: MemoryFileStore; crashCount: number }> {
  const files = new MemoryFileStore();
  const random = new SeededRandom(seed);
  const sink = FileSink.forRowFormat('out', textLines()).withRollingPolicy({ maxPartSizeBytes: 9 }).build();
  let completed: { readonly position: number; readonly committables: readonly FileCommittable[] } | undefined;
  let crashCount = 0;
  for (let attempt = 0; ; attempt++) {
    const start = files.operations;
    const crashAfter = crashes[attempt];
    if (crashAfter !== undefined) files.failWhen(() => (files.operations - start > crashAfter ? 'io' : undefined));
    const context = sinkContext({ files, jobId: JOB, attempt: `1.${attempt}` });
    try {
      const committer = sink.createCommitter(context);
      if (completed === undefined)
        await sink.beginHistory({ ...connectorServices(files, attempt), jobId: JOB, epoch: 2, earlierJobIds: [], replacing: () => Promise.resolve(), operatorName: 'sink' });
      else await committer.recover(completed.committables);
      const writer = sink.createWriter(context);
      for (let position: number = completed?.position ?? 0; position < 24; position += 4) {
        for (let i = position; i < position + 4; i++) writer.write(`r${i}`);
        const committables = await writer.prepareCommit();
        completed = { position: position + 4, committables };
        await committer.commit(committables);
        // What is visible is what completed checkpoints contain, whole.
        expect((await committedLines(files)).length).toBe(position + 4);
      }
      await writer.close();
      files.failWhen(undefined);
      files.powerCut(random); // What a commit confirmed survives this one too.
      return { files, crashCount };
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== 'WEIR_FILE_IO' && (thrown as { code?: string }).code !== 'WEIR_SINK_DIRECTORY_UNWRITABLE')
        throw thrown;
      crashCount++;
      files.failWhen(undefined);
      files.powerCut(random);
      const visible = (await files.stat('out')) === undefined ? [] : await committedLines(files);
      const contained = Array.from({ length: completed?.position ?? 0 }, (_, i) => `r${i}`);
      expect(contained).toEqual(expect.arrayContaining(visible));
    }
  }
}

describe('a file sink through power cuts', () => {
  const everyRecord = Array.from({ length: 24 }, (_, i) => `r${i}`).sort();
  const verify = async (files: MemoryFileStore): Promise<void> => {
    expect((await committedLines(files)).sort()).toEqual(everyRecord);
    expect((await names(files)).filter((name) => !name.startsWith('part-') && !name.startsWith('.weir-probe-'))).toEqual([]);
  };

  it('given a cut after any one file operation, then every record is visible exactly once and no staging file is left', async () => {
    let cuts = 0;
    for (let after = 0; ; after++) {
      const { files, crashCount } = await runWithCrashes([after], after);
      await verify(files);
      if (crashCount === 0) break;
      cuts++;
    }
    expect(cuts).toBeGreaterThan(60);
  });

  it('given several cuts, also during recovery, then the same holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }), fc.integer(), async (crashes, seed) => {
        await verify((await runWithCrashes(crashes, seed)).files);
      }),
      { numRuns: 300 },
    );
  });
});
