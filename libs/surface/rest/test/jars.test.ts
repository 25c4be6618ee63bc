import { describe, expect, it } from '@jest/globals';
import { exampleArtifact } from '../src/fakes/index.js';
import { jarIdOf, safeArtifactName } from '../src/model/artifact-file.js';
import { parametersOf, splitArguments } from '../src/model/program-arguments.js';
import { served, type Served } from './support/served.js';
import { faults } from './support/validation.js';

const artifact = exampleArtifact();

async function upload({ get }: Served, name: string, content: string, field = 'jarfile', more: Record<string, string> = {}): ReturnType<Served['get']> {
  const form = new FormData();
  for (const [key, value] of Object.entries(more)) form.append(key, value);
  form.append(field, new Blob([content]), name);
  return get('/jars/upload', { method: 'POST', body: form });
}

describe('given programs to upload', () => {
  it('when one is uploaded as any tool does / then it can be listed, planned, run and deleted', () => served(async (it) => {
    const uploaded = await upload(it, 'job.jar', JSON.stringify(artifact), 'anything', { note: 'x' });
    expect({ status: uploaded.status, faults: faults('uploadJar', uploaded.json) }).toEqual({ status: 200, faults: [] });
    const id = (uploaded.json as { filename: string }).filename.split('/').at(-1) as string;
    expect(id).toBe(jarIdOf(artifact));
    expect((await it.get('/jars')).json).toMatchObject({ files: [{ id, name: 'word-count.ts' }] });

    const run = await it.send('POST', `/jars/${id}/run?parallelism=3&savepointPath=/wrong`, {
      programArgsList: ['--input', 'a b', '--fast'], flinkConfiguration: { 'execution.checkpointing.interval': '1 s' }, jobId: '8'.repeat(32), savepointPath: '/sp/1', allowNonRestoredState: true,
    });
    expect(run).toMatchObject({ status: 200, json: { jobid: '8'.repeat(32) } });
    expect(it.gateway.calls.at(-1)).toEqual({
      method: 'submit',
      args: [{
        artifactHash: artifact.hash, parameters: { input: 'a b', fast: 'true' }, configuration: { 'execution.checkpointing.interval': '1 s', 'parallelism.default': '3' },
        workingDirectory: '', jobId: '8'.repeat(32), restoreFrom: { path: '/sp/1', allowNonRestoredState: true },
      }],
    });
    expect((await it.get(`/jars/${id}/plan?program-args=${encodeURIComponent("--input 'a b'")}&parallelism=2`)).status).toBe(200);
    expect(it.gateway.calls.at(-1)).toMatchObject({ method: 'plan', args: [{ parameters: { input: 'a b' }, configuration: { 'parallelism.default': '2' } }] });
    expect(await it.send('DELETE', `/jars/${id}`)).toMatchObject({ status: 200, json: {} });
    expect(await it.send('DELETE', `/jars/${id}`)).toMatchObject({ status: 400 });
  }));

  it('when a file is not an artifact / then it is refused with a hint', () => served(async (it) => {
    for (const [name, content, code] of [
      ['job.jar', 'PK\x03\x04', 'WEIR_REST_BAD_REQUEST'], ['job.txt', JSON.stringify(artifact), 'WEIR_REST_BAD_REQUEST'], ['job.json', '{', 'WEIR_REST_BAD_REQUEST'],
      ['job.json', '{}', 'WEIR_REST_BAD_REQUEST'], ['job.json', JSON.stringify({ ...artifact, openImports: [1] }), 'WEIR_REST_BAD_REQUEST'],
      ['job.mjs', JSON.stringify({ ...artifact, code: 'evil' }), 'WEIR_REST_ARTIFACT_HASH'], ['job.mjs', JSON.stringify({ ...artifact, hash: '../../x' }), 'WEIR_REST_ARTIFACT_HASH'],
    ]) expect(await upload(it, name, content)).toMatchObject({ status: 400, json: { weir: { code } } });
    expect(it.gateway.calls).toEqual([]);
  }));

  it('when there is no file, or two / then it is refused', () => served(async ({ get }) => {
    const none = new FormData();
    none.append('a', 'b');
    expect(await get('/jars/upload', { method: 'POST', body: none })).toMatchObject({ status: 400, json: { errors: [expect.stringContaining('exactly 1 file')] } });
    const two = new FormData();
    for (const name of ['a.jar', 'b.jar']) two.append('jarfile', new Blob(['x']), name);
    expect((await get('/jars/upload', { method: 'POST', body: two })).status).toBe(400);
  }));

  it('when the multipart body is broken / then it is refused', () => served(async ({ get }) => {
    for (const [type, body] of [
      ['application/json', '{}'], ['multipart/form-data', '--x'], ['multipart/form-data; boundary=x', ''], ['multipart/form-data; boundary=x', '--x\r\n'],
      ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; filename="a.jar"\r\n\r\nno end'],
      ['multipart/form-data; boundary=x', `--x\r\n${'A: b\r\n'.repeat(5000)}\r\n\r\nx\r\n--x--`], ['multipart/form-data; boundary=x', `${'--x\r\nA: b\r\n\r\nv\r\n'.repeat(50)}--x--`],
    ]) expect({ body: body.slice(0, 40), status: (await get('/jars/upload', { method: 'POST', headers: { 'content-type': type }, body })).status }).toEqual({ body: body.slice(0, 40), status: 400 });
  }));

  it('when names try to be paths / then what is kept is a plain name', async () => {
    expect(['../../etc/passwd', 'C:\\x\\job.ts', 'a b/ü.ts', '...', '', '.hidden', 'x'.repeat(500)].map((name) => safeArtifactName(name))).toEqual([
      'passwd', 'job.ts', 'ts', 'artifact', 'artifact', 'hidden', 'x'.repeat(128),
    ]);
    await served(async (it) => {
      const hostile = await upload(it, '../../../../tmp/evil.jar', JSON.stringify({ ...artifact, name: '../../../tmp/evil.ts' }));
      expect((hostile.json as { filename: string }).filename).toBe(`/artifacts/${artifact.hash}_evil.ts`);
      expect([...it.gateway.stored.values()].map(({ name }) => name)).toEqual(['evil.ts']);
    });
  });
});

describe('given program arguments', () => {
  it('when they are read / then keys have their values, and flags are true', () => {
    expect(parametersOf(['--a', '1', '--b=2=3', '-c', '-4', '--flag', '--d', ''])).toEqual({ a: '1', b: '2=3', c: '-4', flag: 'true', d: '' });
    expect(splitArguments(`--a "x y" --b='z "q"' c`)).toEqual(['--a', 'x y', '--b=z "q"', 'c']);
    expect(() => parametersOf(['value'])).toThrow(expect.objectContaining({ code: 'WEIR_REST_BAD_REQUEST' }));
    expect(() => parametersOf(['--__proto__', 'x'])).toThrow('has no key');
  });
});
