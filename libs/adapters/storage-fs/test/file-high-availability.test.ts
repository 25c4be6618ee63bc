import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jobId } from '@weir/base';
import { MemoryFileStore, SeededRandom } from '@weir/ports';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { highAvailabilityConformance } from '@weir/testing/conformance';

const JOB = jobId('0123456789abcdef0123456789abcdef');
const registerPath = (version: number): string => `ha/register-${JOB}-${version}.json`;

highAvailabilityConformance('FileHighAvailability on real files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weir-ha-'));
  const contender = (): FileHighAvailability => new FileHighAvailability(new LocalFileStore(), join(directory, 'ha'));
  return { contender, cleanUp: () => rm(directory, { recursive: true }) };
});

highAvailabilityConformance('FileHighAvailability in memory', () => {
  const files = new MemoryFileStore();
  return Promise.resolve({ contender: () => new FileHighAvailability(files, 'ha') });
});

describe('FileHighAvailability', () => {
  it('keeps epochs and registers through a power cut at any moment', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const files = new MemoryFileStore();
      const ha = new FileHighAvailability(files, 'ha');
      await ha.claimEpoch();
      await ha.compareAndSetRegister(JOB, 0, { epoch: 1, status: 'running' });
      files.powerCut(new SeededRandom(seed));
      expect(await ha.claimEpoch()).toBe(2);
      expect((await ha.readRegister(JOB))?.version).toBe(1);
    }
  });

  it('names the damaged file and does not fall back to an older version', async () => {
    const files = new MemoryFileStore();
    const ha = new FileHighAvailability(files, 'ha');
    await ha.compareAndSetRegister(JOB, 0, { epoch: 1, status: 'running' });
    await ha.compareAndSetRegister(JOB, 1, { epoch: 1, status: 'finished' });
    const size = (await files.read(registerPath(2))).length;
    for (let byte = 0; byte < size - 1; byte++) {
      files.flipBit(registerPath(2), byte);
      await expect(ha.readRegister(JOB)).rejects.toMatchObject({ code: 'WEIR_HA_REGISTER_DAMAGED', path: registerPath(2) });
      files.flipBit(registerPath(2), byte);
    }
    expect(await ha.readRegister(JOB)).toMatchObject({ version: 2 });
  });

  it('when the outcome of a creation is unknown, then it throws and the register tells', async () => {
    const files = new MemoryFileStore();
    const ha = new FileHighAvailability(files, 'ha');
    files.failWhen((operation, path) => (operation === 'createExclusive' && path === registerPath(1) ? { failure: 'io', applied: true } : undefined));
    await expect(ha.compareAndSetRegister(JOB, 0, { epoch: 1, status: 'running' })).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
    expect(await ha.readRegister(JOB)).toEqual({ version: 1, value: { epoch: 1, status: 'running' } });
  });

  it('when a version is read that its writer could not make durable, then it is durable', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const files = new MemoryFileStore();
      files.failWhen((operation, path) => (operation === 'createExclusive' && path === registerPath(2) ? { failure: 'io', applied: true } : undefined));
      const writer = new FileHighAvailability(files, 'ha');
      await writer.compareAndSetRegister(JOB, 0, { epoch: 1, status: 'running' });
      await expect(writer.compareAndSetRegister(JOB, 1, { epoch: 1, status: 'finished' })).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
      const reader = seed % 2 === 0 ? writer : new FileHighAvailability(files, 'ha');
      expect((await reader.readRegister(JOB))?.value.status).toBe('finished');
      files.powerCut(new SeededRandom(seed));
      expect((await reader.readRegister(JOB))?.value.status).toBe('finished');
    }
  });

  it('given a leader that stood still while old versions were removed, when it goes on, then it is not told that it set the register', async () => {
    const files = new MemoryFileStore();
    let release: () => void = () => undefined;
    const standstill = new Promise<void>((resolve) => (release = resolve));
    // The zombie stops between its look at the versions and its creation.
    const zombieFiles = Object.assign(Object.create(files) as MemoryFileStore, {
      createExclusive: async (path: string, bytes: Uint8Array) => {
        await standstill;
        await files.createExclusive(path, bytes);
      },
    });
    const zombie = new FileHighAvailability(zombieFiles, 'ha').compareAndSetRegister(JOB, 0, { epoch: 1, status: 'failed' });
    const outcome = expect(zombie).rejects.toMatchObject({ code: 'WEIR_HA_OUTCOME_UNKNOWN' });
    const leader = new FileHighAvailability(files, 'ha');
    for (let version = 0; version < 12; version++) await leader.compareAndSetRegister(JOB, version, { epoch: 2, status: 'running' });
    expect(await files.stat(registerPath(1))).toBeUndefined();
    release();
    await outcome;
    expect(await leader.readRegister(JOB)).toEqual({ version: 12, value: { epoch: 2, status: 'running' } });
  });
});
