import { describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import { MemoryFileStore, SeededRandom } from '@weir/ports';
import { type JobDetails, JobStore, type JobSubmission, parseArtifactHash, parseJobId } from '../src/index.js';
import { artifact, sha256 } from './support/job-managers.js';

const JOB = jobId('0123456789abcdef0123456789abcdef');
const submission = (workingDirectory = '/home/me'): JobSubmission => ({
  jobId: JOB, jobName: 'sums', artifactHash: artifact().hash, parameters: { input: 'a.csv' }, configuration: {}, workingDirectory, submittedAtMs: 5,
});

function setUp(): { files: MemoryFileStore; store: JobStore } {
  const files = new MemoryFileStore();
  return { files, store: new JobStore({ files, directory: 'cluster', sha256 }) };
}

async function damage(files: MemoryFileStore, path: string, change: (text: string) => string): Promise<void> {
  const text = new TextDecoder().decode(await files.read(path));
  await files.remove(path);
  await files.createExclusive(path, new TextEncoder().encode(change(text)));
}

describe('the job store', () => {
  it('keeps artifacts under their hash, once', async () => {
    const { files, store } = setUp();
    const { hash } = artifact();
    await store.addArtifact(artifact());
    await store.addArtifact({ ...artifact(), name: 'again.ts' });
    expect(await store.artifact(hash)).toEqual(artifact());
    expect(await store.artifacts()).toMatchObject([{ hash, name: 'job.ts', uploadedAtMs: 1 }]);
    expect((await files.list('cluster/artifacts')).map(({ name }) => name)).toEqual([`${hash}.json`]);
    await store.removeArtifact(hash);
    expect(await store.artifacts()).toEqual([]);
    await expect(store.artifact(hash)).rejects.toMatchObject({ code: 'WEIR_ARTIFACT_NOT_FOUND' });
    await expect(store.removeArtifact(hash)).rejects.toMatchObject({ code: 'WEIR_ARTIFACT_NOT_FOUND' });
  });

  it('refuses an artifact whose hash is not that of its code', async () => {
    const { store } = setUp();
    await expect(store.addArtifact({ ...artifact(), code: 'export default 2;' })).rejects.toMatchObject({ code: 'WEIR_ARTIFACT_HASH_MISMATCH' });
    expect(await store.artifacts()).toEqual([]);
  });

  it('tells of an artifact that was damaged, with the file and what to do', async () => {
    const { files, store } = setUp();
    const { hash } = artifact();
    const path = `cluster/artifacts/${hash}.json`;
    await store.addArtifact(artifact());
    await damage(files, path, (text) => text.replace('default 1', 'default 2'));
    const error = (await store.artifact(hash).catch((thrown: unknown) => thrown)) as { code: string; message: string; hint: string };
    expect(error).toMatchObject({ code: 'WEIR_JOB_STORE_DAMAGED', hint: expect.stringContaining('Upload') });
    expect(error.message).toContain(path);
    expect(await store.artifacts()).toMatchObject([{ hash, name: `${hash} (damaged)` }]);
  });

  it('keeps the first of two submissions of one job', async () => {
    const { store } = setUp();
    const first = submission();
    expect(await store.createSubmission(first)).toBe(first);
    expect(await store.createSubmission(submission('/elsewhere'))).toEqual(first);
    expect(await store.submission(JOB)).toEqual(first);
    expect(await store.jobIds()).toEqual([JOB]);
  });

  it('never takes a damaged file for an absent one', async () => {
    for (const change of [(text: string) => text.slice(0, 40), (text: string) => text.replace('sums', 'suns'), () => '', () => '{"crc32":"00000000","body":{}}']) {
      const { files, store } = setUp();
      await store.createSubmission(submission());
      await store.createOutcome(JOB, { details: { status: { jobId: JOB, jobName: 'sums' } } as JobDetails });
      await damage(files, `cluster/jobs/${JOB}/job.json`, change);
      await damage(files, `cluster/jobs/${JOB}/outcome.json`, change);
      await expect(store.submission(JOB)).rejects.toMatchObject({ code: 'WEIR_JOB_STORE_DAMAGED', details: { path: `cluster/jobs/${JOB}/job.json` } });
      await expect(store.outcome(JOB)).rejects.toMatchObject({ code: 'WEIR_JOB_STORE_DAMAGED' });
      await expect(store.createSubmission(submission())).rejects.toMatchObject({ code: 'WEIR_JOB_STORE_DAMAGED' });
    }
  });

  it('refuses the file of another job', async () => {
    const { files, store } = setUp();
    await store.createSubmission(submission());
    const other = jobId('fedcba9876543210fedcba9876543210');
    await files.makeDirectory(`cluster/jobs/${other}`);
    await files.createExclusive(`cluster/jobs/${other}/job.json`, await files.read(`cluster/jobs/${JOB}/job.json`));
    await expect(store.submission(other)).rejects.toMatchObject({ code: 'WEIR_JOB_STORE_DAMAGED' });
  });

  it('makes durable what another writer could not, before it is relied on', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { files, store } = setUp();
      files.failWhen((operation) => (operation === 'createExclusive' ? { failure: 'io', applied: true } : undefined));
      await expect(store.createSubmission(submission())).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
      await expect(store.addArtifact(artifact())).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
      files.failWhen(undefined);
      await store.addArtifact(artifact());
      if (seed % 2 === 0) expect(await store.submission(JOB)).toEqual(submission());
      else expect(await store.createSubmission(submission('/elsewhere'))).toEqual(submission());
      files.powerCut(new SeededRandom(seed));
      expect(await store.submission(JOB)).toEqual(submission());
      expect(await store.hasArtifact(artifact().hash)).toBe(true);
    }
  });

  it('makes no path from anything but an id', async () => {
    const { files, store } = setUp();
    const bad = ['..', '../../etc/passwd', '', 'A'.repeat(32), `${JOB}/x`, 'g'.repeat(64), `${artifact().hash}\n`];
    for (const text of bad) {
      expect(() => parseJobId(text)).toThrow(expect.objectContaining({ code: 'WEIR_ID_INVALID' }));
      expect(() => parseArtifactHash(text)).toThrow(expect.objectContaining({ code: 'WEIR_ID_INVALID' }));
      await expect(store.artifact(text)).rejects.toMatchObject({ code: 'WEIR_ID_INVALID' });
      await expect(store.createSubmission({ ...submission(), jobId: text as typeof JOB })).rejects.toMatchObject({ code: 'WEIR_ID_INVALID' });
    }
    await files.makeDirectory('cluster/jobs/lost+found');
    expect(await store.jobIds()).toEqual([]);
  });
});
