import { describe, expect, it } from '@jest/globals';
import { FileStoreByScheme, joinPath, MemoryFileStore, parentPath, schemeOf } from '../src/index.js';

describe('paths with a scheme', () => {
  it('keep the slashes behind it when they are joined', () => {
    expect(joinPath('s3://bucket', 'a', '/b')).toBe('s3://bucket/a/b');
    expect(joinPath('s3://bucket/', 'a//b')).toBe('s3://bucket/a/b');
    expect(joinPath('/a', '', 'b')).toBe('/a/b');
    expect(joinPath('a//', 'b')).toBe('a/b');
    expect(parentPath('s3://bucket/a/b')).toBe('s3://bucket/a');
    expect([schemeOf('s3://bucket'), schemeOf('/s3://x'), schemeOf('a/b')]).toEqual(['s3', undefined, undefined]);
  });
});

describe('a FileStoreByScheme', () => {
  const bytes = new TextEncoder().encode('1');

  it('sends each path to the store of its scheme', async () => {
    const [plain, objects] = [new MemoryFileStore(), new MemoryFileStore()];
    const files = new FileStoreByScheme(plain, { s3: objects });
    await plain.makeDirectory('/a');
    await files.createExclusive('/a/x', bytes);
    await objects.makeDirectory('s3://bucket');
    await files.createExclusive('s3://bucket/y', bytes);
    expect((await plain.list('/a')).map(({ path }) => path)).toEqual(['/a/x']);
    expect(await objects.read('s3://bucket/y')).toEqual(bytes);
    expect(await files.stat('s3://bucket/x')).toBeUndefined();
  });

  it('names the schemes that there are for one that there is not, and moves nothing between stores', async () => {
    const files = new FileStoreByScheme(new MemoryFileStore(), { s3: new MemoryFileStore() });
    await expect(files.read('gs://bucket/x')).rejects.toMatchObject({ code: 'WEIR_FILE_IO', path: 'gs://bucket/x' });
    await expect(files.rename('/a', 's3://bucket/a')).rejects.toMatchObject({ code: 'WEIR_FILE_IO', path: '/a' });
  });
});
