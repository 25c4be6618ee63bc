/** A savepoint that is restored in another working directory: what was prepared is found where it was prepared. */
import { mkdtemp, readFile, rm, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FileSink, textLines } from '@weir/connector-file';
import { LocalFileStore } from '@weir/storage-fs';
import { sinkContext } from '../src/connectors/index.js';

const JOB = '0123456789ab0123456789ab01234567';
const folders: string[] = [];

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'weir-sink-'));
  folders.push(made);
  return made;
}
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true });
});

describe('given output that was prepared with a relative directory', () => {
  it('when it is committed by a process with another working directory / then it becomes visible where it was prepared', async () => {
    const [here, there] = [await folder(), await folder()];
    const sink = FileSink.forRowFormat<string>('out', textLines()).build();
    const before = sinkContext({ files: new LocalFileStore({ root: here }), jobId: JOB, attempt: '1.1' });
    await before.files.makeDirectory('out');
    const writer = sink.createWriter(before);
    writer.write('a line');
    const committables = await writer.prepareCommit();
    const committer = sink.createCommitter(sinkContext({ files: new LocalFileStore({ root: there }), jobId: JOB, attempt: '2.1' }));
    await committer.recover(committables);
    const [name, ...others] = await readdir(join(here, 'out'));
    expect(others).toEqual([]);
    expect(name).toMatch(/^part-/);
    expect(await readFile(join(here, 'out', name), 'utf8')).toBe('a line\n');
    await writer.close();
  });
});
