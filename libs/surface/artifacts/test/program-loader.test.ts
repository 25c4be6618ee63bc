import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredArtifact } from '@weir/cluster';
import { artifactHash, PLACE_LINE, ProgramLoader, toStoredArtifact } from '../src/index.js';

let folder: string;
let libs: string;
let loader: ProgramLoader;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-artifacts-'));
  libs = join(folder, 'lib');
  mkdirSync(libs);
  writeFileSync(join(libs, 'datastream.js'), 'export const defineJob = (name, build) => ({ kind: "weir-job", name, build, readParameters: (raw) => raw });\n');
  loader = new ProgramLoader(join(folder, 'artifacts'), libs);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const JOB = 'import { defineJob } from "@weir/datastream";\nexport default defineJob("a job", () => {});\n';

function stored(body: string = JOB, openImports: readonly string[] = ['@weir/datastream']): StoredArtifact {
  const code = `${PLACE_LINE}\n${body}`;
  const map = { version: 3, sources: ['job.ts'], mappings: '' };
  return toStoredArtifact(
    { hash: artifactHash(code), code, map, openImports: openImports.map((specifier) => ({ specifier })) },
    { name: 'job.ts', entryFolderUrl: pathToFileURL(`${folder}/src/`).href, uploadedAtMs: 1 },
  );
}

describe('an artifact that came from a client', () => {
  it('when it is loaded / then it is the job, built against the libs of this process', async () => {
    const program = await loader.program(stored(), {});
    expect(program.jobName).toBe('a job');
  });

  it('when it is loaded twice, also by another loader of the folder / then it is materialized once', async () => {
    await Promise.all([loader.program(stored(), {}), new ProgramLoader(join(folder, 'artifacts'), libs).program(stored(), {})]);
    expect(readdirSync(join(folder, 'artifacts/local')).filter((name) => name.endsWith('.mjs')).length).toBe(1);
    expect(readdirSync(join(folder, 'artifacts')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('given other bytes than its hash promises / then it is refused before anything of it runs', async () => {
    await expect(loader.program({ ...stored(), code: `${PLACE_LINE}\nthrow new Error("ran");\n` }, {})).rejects.toMatchObject({ code: 'WEIR_ARTIFACT_DAMAGED' });
  });

  it.each([
    ['a module that throws', 'throw new Error("boom");\n', 'WEIR_JOB_MODULE_FAILED'],
    ['a module without a job', 'export default 3;\n', 'WEIR_JOB_MODULE_NO_JOB'],
  ])('given %s / then its code is told', async (_, body, code) => {
    await expect(loader.program(stored(body, []), {})).rejects.toMatchObject({ code });
  });

  it.each([
    ['@weir/datastraem', 'Did you mean @weir/datastream?'],
    ['native-package', 'Correct the source and run again.'],
  ])('given an open import of %s, which is not here / then it is refused with a hint', async (specifier, hint) => {
    await expect(loader.program(stored(`import "${specifier}";\nexport default 1;\n`, [specifier]), {})).rejects.toMatchObject({ code: 'WEIR_JOB_MODULE_INVALID', hint });
  });
});
