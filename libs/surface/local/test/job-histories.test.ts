import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import { LocalFileStore } from '@weir/storage-fs';
import { JobHistories } from '../src/job-histories.js';
import { jobFolderName } from '../src/job-key.js';

const about = { jobName: 'orders', parameters: { region: 'eu' }, startedAtMs: 1000 };
const id = (digit: string) => jobId(digit.repeat(32));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-histories-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the histories of a job', () => {
  it('get rising numbers, and are listed oldest first also beyond 9', async () => {
    const histories = new JobHistories(new LocalFileStore(), folder);
    for (const digit of '0123456789ab') await histories.begin(id(digit), about);
    expect((await histories.list()).map((it) => it.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect((await histories.list()).at(-1)?.jobId).toBe(id('b'));
  });

  it('keep their record when their checkpoints and register are discarded', async () => {
    const files = new LocalFileStore();
    const histories = new JobHistories(files, folder);
    const history = await histories.begin(id('a'), about);
    await files.makeDirectory(history.checkpointDirectory);
    await files.createExclusive(`${history.checkpointDirectory}/_metadata`, new Uint8Array([1]));
    await histories.discard(history);
    await histories.discard(history);
    expect(await files.stat(history.checkpointDirectory)).toBeUndefined();
    expect((await histories.list()).map((it) => it.jobId)).toEqual([id('a')]);
    expect(await histories.describe(history)).toMatchObject(about);
  });

  it('given a directory without a record / then it is no history, and its number is not used again', async () => {
    const files = new LocalFileStore();
    const histories = new JobHistories(files, folder);
    await files.makeDirectory(`${folder}/histories/1-${id('c')}`);
    expect(await histories.list()).toEqual([]);
    expect((await histories.begin(id('d'), about)).number).toBe(2);
  });

  it('given a record that is not JSON / then describing it is a coded error', async () => {
    const files = new LocalFileStore();
    const histories = new JobHistories(files, folder);
    await files.makeDirectory(`${folder}/histories/1-${id('c')}`);
    await files.createExclusive(`${folder}/histories/1-${id('c')}/history.json`, new TextEncoder().encode('{'));
    const [history] = await histories.list();
    await expect(histories.describe(history)).rejects.toMatchObject({ code: 'WEIR_JOB_FOLDER_DAMAGED' });
  });
});

describe('the folder name of a job', () => {
  it('is readable, and depends on the name and the parameters but not on their order', () => {
    const name = jobFolderName('Late Departures!', { input: 'a', output: 'b' });
    expect(name).toMatch(/^late-departures-[0-9a-f]{8}$/);
    expect(jobFolderName('Late Departures!', { output: 'b', input: 'a' })).toBe(name);
    expect(jobFolderName('Late Departures!', { output: 'c', input: 'a' })).not.toBe(name);
    expect(jobFolderName('late departures', { input: 'a', output: 'b' })).not.toBe(name);
    expect(jobFolderName('航班', {})).toMatch(/^job-[0-9a-f]{8}$/);
  });
});
