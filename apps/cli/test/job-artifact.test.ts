import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArtifactStore, type ImportResolver } from '@weir/artifacts';
import { bundleJob } from '../src/module/bundle-job.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-artifact-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const resolver: ImportResolver = { identity: 'test', resolve: (specifier) => `file:///weir/${specifier}.js` };

describe('the artifact of a job module', () => {
  it('given the same sources in another folder / then it has the same hash; and another one after a change', async () => {
    write('a/job.ts', "import { two } from './lib/two';\nimport { defineJob } from '@weir/datastream';\nexport default defineJob('j', () => void two);\n");
    write('a/lib/two.ts', 'export const two: number = 2; // import.meta.url\nexport const here = import.meta.url;\n');
    cpSync(join(folder, 'a'), join(folder, 'deep/er/b'), { recursive: true });
    const first = await bundleJob(join(folder, 'a/job.ts'), folder);
    const second = await bundleJob(join(folder, 'deep/er/b/job.ts'), join(folder, 'deep'));
    expect(first.artifact.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(second.artifact.hash).toBe(first.artifact.hash);
    expect(first.artifact.code).not.toContain(folder);
    expect(first.artifact.openImports).toEqual([{ specifier: '@weir/datastream' }]);
    write('a/lib/two.ts', 'export const two = 3;\n');
    expect((await bundleJob(join(folder, 'a/job.ts'), folder)).artifact.hash).not.toBe(first.artifact.hash);
  });

  it('materialized / knows where its sources lie, resolves what it left open, and keeps its lines', async () => {
    const entry = write('job.ts', [
      "import { a } from '@weir/datastream';", "import { x } from './sub/x';", "import { sep } from 'node:path';",
      "export default () => [a, x, sep, import('@weir/types')];", "export { b } from '@weir/types';", '',
    ].join('\n'));
    write('sub/x.ts', 'export const x = [import.meta.url, import.meta.dirname];\n');
    const job = await bundleJob(entry, folder);
    const store = new ArtifactStore(join(folder, '.weir/artifacts'));
    store.put(job.artifact);
    store.remember(entry, job.artifact.hash, job.inputs);
    const path = store.importable(job.artifact.hash, pathToFileURL(`${dirname(entry)}/`).href, resolver);
    const code = readFileSync(path, 'utf8');
    expect(code.match(/file:\/\/\/weir\/@weir\/(datastream|types)\.js/g)?.sort()).toEqual([
      'file:///weir/@weir/datastream.js', 'file:///weir/@weir/types.js', 'file:///weir/@weir/types.js',
    ]);
    expect(code).not.toMatch(/["']@weir\//);
    expect(code.split('\n').length).toBe(job.artifact.code.split('\n').length + 1);
    const map = JSON.parse(readFileSync(`${path}.map`, 'utf8')) as { sources: string[] };
    expect(map.sources.sort()).toEqual([pathToFileURL(entry).href, pathToFileURL(join(folder, 'sub/x.ts')).href]);
  });

  it('imported / has import.meta of its sources', async () => {
    const entry = write('job.ts', "import { x } from './sub/x';\nexport default x;\n");
    write('sub/x.ts', [
      "export const x = [import.meta.url, import.meta.dirname, import.meta.filename, import.meta.resolve('pkg'), import.meta.resolve('./y.js')];", '',
    ].join('\n'));
    write('sub/node_modules/pkg/package.json', '{"name":"pkg","exports":"./build/index.js"}');
    write('sub/node_modules/pkg/build/index.js', '');
    const job = await bundleJob(entry, folder);
    const store = new ArtifactStore(join(folder, '.weir/artifacts'));
    store.put(job.artifact);
    store.remember(entry, job.artifact.hash, job.inputs);
    const loaded = (await import(pathToFileURL(store.importable(job.artifact.hash, pathToFileURL(`${dirname(entry)}/`).href, resolver)).href)) as { default: string[] };
    expect(loaded.default).toEqual([
      pathToFileURL(join(folder, 'sub/x.ts')).href, join(folder, 'sub'), join(folder, 'sub/x.ts'),
      pathToFileURL(join(folder, 'sub/node_modules/pkg/build/index.js')).href, pathToFileURL(join(folder, 'sub/y.js')).href,
    ]);
  });

  it('is found again without bundling until one of its inputs changes', async () => {
    const entry = write('job.ts', "import './two';\nexport default 1;\n");
    const two = write('two.ts', 'console.log;\n');
    const store = new ArtifactStore(join(folder, '.weir/artifacts'));
    expect(store.cachedHash(entry)).toBeUndefined();
    const job = await bundleJob(entry, folder);
    store.put(job.artifact);
    store.remember(entry, job.artifact.hash, job.inputs);
    expect(store.cachedHash(entry)).toBe(job.artifact.hash);
    utimesSync(two, 1, 1);
    expect(store.cachedHash(entry)).toBeUndefined();
  });

  it('bundles packages, except those with native code', async () => {
    write('node_modules/plain/package.json', '{"name":"plain","main":"index.js"}');
    write('node_modules/plain/index.js', "exports.plain = require('node:path').sep;");
    write('node_modules/native/package.json', '{"name":"native","main":"index.js"}');
    write('node_modules/native/index.js', 'exports.native = 1;');
    write('node_modules/native/binding.gyp', '{}');
    const entry = write('job.ts', "import { plain } from 'plain';\nimport { native } from 'native';\nexport default [plain, native];\n");
    const { artifact } = await bundleJob(entry, folder);
    expect(artifact.openImports).toEqual([{ specifier: 'native' }]);
  });
});

describe('a module that is no job', () => {
  it('given no file / then the nearest name is offered', async () => {
    write('job.ts', '');
    await expect(bundleJob(join(folder, 'jbo.ts'), folder)).rejects.toMatchObject({
      code: 'WEIR_JOB_MODULE_NOT_FOUND', message: 'there is no job module at jbo.ts', hint: 'Did you mean job.ts?',
    });
  });

  it('given a syntax error / then file, line and column are told', async () => {
    const entry = write('src/job.ts', 'const a = 1;\nconst b = ;\n');
    await expect(bundleJob(entry, folder)).rejects.toMatchObject({
      code: 'WEIR_JOB_MODULE_INVALID', message: 'src/job.ts:2:11 unexpected ";"', details: { position: { file: 'src/job.ts', line: 2, column: 11, lineText: 'const b = ;' } },
    });
  });

  it('given an import that leads nowhere / then the importing line is told', async () => {
    const entry = write('job.ts', "\nimport { x } from './missing';\nexport default x;\n");
    await expect(bundleJob(entry, folder)).rejects.toMatchObject({ code: 'WEIR_JOB_MODULE_INVALID', message: expect.stringMatching(/^job\.ts:2:\d+ could not resolve/) });
  });
});
