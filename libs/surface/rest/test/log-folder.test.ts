import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFolder } from '../src/index.js';
import { served } from './support/served.js';
import { traversals } from './support/traversal.js';

describe('given a folder of logs', () => {
  let root: string;
  let logs: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'weir-logs-'));
    logs = join(root, 'logs');
    await mkdir(join(logs, 'inner'), { recursive: true });
    await writeFile(join(root, 'secret.txt'), 'CANARY');
    await writeFile(join(logs, 'inner', 'secret.txt'), 'CANARY');
    await writeFile(join(logs, 'jobmanager.log'), 'first line\nlast line\n');
    await symlink(join(root, 'secret.txt'), join(logs, 'link.log'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('when it is listed and read / then only its own files are there, and long ones are read from the end', async () => {
    const folder = new LogFolder(logs, 'jobmanager.log', 10);
    expect(await folder.list()).toEqual([{ name: 'jobmanager.log', sizeBytes: 21, modifiedAtMs: expect.any(Number) }]);
    expect(await folder.read('jobmanager.log')).toBe('last line\n');
  });

  it('when a name leads elsewhere / then there is no such file', async () => {
    const folder = new LogFolder(logs);
    for (const name of ['link.log', 'inner', 'inner/secret.txt', '../secret.txt', join(root, 'secret.txt'), '', '.', '..', ...traversals]) expect(await folder.read(name)).toBeUndefined();
  });

  it('when the folder does not exist / then it has no files', async () => {
    expect(await new LogFolder(join(root, 'nowhere')).list()).toEqual([]);
  });

  it('when a server shows it / then its text comes, and that of a TaskManager', () => served(async ({ get }) => {
    expect((await get('/jobmanager/logs')).json).toEqual({ logs: [{ name: 'jobmanager.log', size: 21, mtime: expect.any(Number) }] });
    for (const path of ['/jobmanager/log', '/jobmanager/logs/jobmanager.log', '/v1/taskmanagers/tm-1/log', '/taskmanagers/tm-1/logs/jobmanager.log']) {
      const answer = await get(path);
      expect({ text: answer.text, type: answer.headers.get('content-type') }).toEqual({ text: 'first line\nlast line\n', type: 'text/plain; charset=UTF-8' });
    }
    expect((await get('/taskmanagers/tm-2/log')).status).toBe(404);
    for (const name of ['link.log', 'inner', '..%2fsecret.txt', ...traversals.slice(0, 60).filter((it) => !/^\/|[^\x21-\x7e]/.test(it))]) {
      const answer = await get(`/jobmanager/logs/${name}`);
      expect({ name, known: [400, 404].includes(answer.status), leaked: answer.text.includes('CANARY') }).toEqual({ name, known: true, leaked: false });
    }
  }, { logs: new LogFolder(logs), taskManagerLogs: (id) => (id === 'tm-1' ? new LogFolder(logs) : undefined) }));
});
