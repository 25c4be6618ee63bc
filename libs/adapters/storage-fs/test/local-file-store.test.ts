import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { LocalFileStore } from '@weir/storage-fs';
import { fileStoreConformance } from '@weir/testing/conformance';

fileStoreConformance('LocalFileStore', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weir-store-'));
  return { store: new LocalFileStore(), directory, cleanUp: () => rm(directory, { recursive: true }) };
});

describe('LocalFileStore', () => {
  it('resolves relative paths from its root and leaves no temporary file', async () => {
    const root = await mkdtemp(join(tmpdir(), 'weir-store-'));
    try {
      const store = new LocalFileStore({ root });
      await store.makeDirectory('ha');
      await store.createExclusive('ha/epoch-1', new Uint8Array([1]));
      await expect(store.createExclusive('ha/epoch-1', new Uint8Array([2]))).rejects.toMatchObject({ code: 'WEIR_FILE_EXISTS' });
      expect(await readdir(join(root, 'ha'))).toEqual(['epoch-1']);
      expect(await store.list('ha')).toMatchObject([{ path: 'ha/epoch-1', sizeBytes: 1 }]);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('refuses a writer after its close', async () => {
    const root = await mkdtemp(join(tmpdir(), 'weir-store-'));
    try {
      const writer = await new LocalFileStore({ root }).create('a');
      await writer.close();
      await expect(writer.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
