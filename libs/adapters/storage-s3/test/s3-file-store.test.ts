/** The store against two real servers: the conformance suite of all file stores, large objects, races, and a server that dies in an upload. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileStoreConformance } from '@weir/testing/conformance';
import { S3FileStore } from '../src/index.js';
import { findS3Server, S3Server, type S3ServerName } from '../src/server/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);
const MEBIBYTE = 1 << 20;

function patterned(length: number): Uint8Array {
  const content = new Uint8Array(length);
  for (let i = 0; i < length; i++) content[i] = (i * 31 + (i >>> 13)) & 255;
  return content;
}

for (const name of ['moto', 'versitygw'] satisfies S3ServerName[]) {
  const program = findS3Server(name);
  const suite = program === undefined ? describe.skip : describe;
  suite(`the S3 server ${name}${program === undefined ? ' (not installed: node tools/scripts/s3-servers.mjs --install)' : ''}`, () => {
    let server: S3Server;
    let tests = 0;
    const freshDirectory = async (store: S3FileStore): Promise<string> => {
      const directory = `s3://${server.bucket}/test-${++tests}`;
      await store.makeDirectory(directory);
      return directory;
    };

    beforeAll(async () => {
      server = await S3Server.start(name, program as string);
    });
    afterAll(() => server.close());

    fileStoreConformance(`S3 at ${name}`, async () => {
      const store = new S3FileStore(server.settings);
      return { store, directory: await freshDirectory(store) };
    });

    it('writes an object larger than a part in parts, and it appears with its last byte only', async () => {
      const store = new S3FileStore(server.settings);
      const path = `${await freshDirectory(store)}/large`;
      const content = patterned(19 * MEBIBYTE + 17);
      const writer = await store.create(path);
      for (let at = 0; at < content.length; at += 3 * MEBIBYTE) await writer.write(content.slice(at, at + 3 * MEBIBYTE));
      expect(await store.stat(path)).toBeUndefined();
      await writer.sync();
      await writer.close();
      expect(await store.stat(path)).toMatchObject({ sizeBytes: content.length });
      expect(Buffer.compare(await store.read(path), content)).toBe(0);
      expect(Buffer.compare(await store.read(path, 8 * MEBIBYTE - 3, 7), content.subarray(8 * MEBIBYTE - 3, 8 * MEBIBYTE + 4))).toBe(0);
    });

    it('lets one of two writers of the same new file win, in one part or in several', async () => {
      const store = new S3FileStore(server.settings);
      const directory = await freshDirectory(store);
      for (const [path, content] of [[`${directory}/small`, bytes('first')], [`${directory}/large`, patterned(9 * MEBIBYTE)]] as const) {
        const [first, second] = [await store.create(path), await store.create(path)];
        await first.write(content);
        await second.write(patterned(9 * MEBIBYTE + 1));
        await first.sync();
        await expect(second.sync()).rejects.toMatchObject({ failure: 'already-exists' });
        await second.close();
        expect(Buffer.compare(await store.read(path), content)).toBe(0);
      }
    });

    it('lists and removes more objects than one answer holds', async () => {
      const store = new S3FileStore(server.settings);
      const directory = await freshDirectory(store);
      const names = Array.from({ length: 1010 }, (_, i) => `f${String(i).padStart(4, '0')}`);
      for (let at = 0; at < names.length; at += 101) {
        await Promise.all(names.slice(at, at + 101).map(async (file) => store.createExclusive(`${directory}/${file}`, bytes(file))));
      }
      expect((await store.list(directory)).map((file) => file.name)).toEqual(names);
      await store.removeTree(directory);
      expect(await store.stat(directory)).toBeUndefined();
    });

    it('knows files whose names need care', async () => {
      const store = new S3FileStore(server.settings);
      const directory = await freshDirectory(store);
      const path = `${directory}/a b+c%2F é(1).bin`;
      await store.createExclusive(path, bytes('1'));
      await store.rename(path, `${directory}/d e%20f`);
      expect((await store.list(directory)).map((file) => file.name)).toEqual(['d e%20f']);
      expect(text(await store.read(`${directory}/d e%20f`))).toBe('1');
    });

    it('says that a bucket is missing', async () => {
      const store = new S3FileStore(server.settings);
      await expect(store.createExclusive('s3://weir-nowhere/a', bytes('1'))).rejects.toMatchObject({ code: 'WEIR_FILE_NOT_FOUND', path: 's3://weir-nowhere/a' });
    });

    it('fails an upload whose server is killed in the middle of it, leaves no object, and works with the server that comes back', async () => {
      const store = new S3FileStore(server.settings);
      const directory = await freshDirectory(store);
      const writer = await store.create(`${directory}/interrupted`);
      await writer.write(patterned(9 * MEBIBYTE));
      await server.kill();
      await expect(writer.write(patterned(8 * MEBIBYTE))).rejects.toMatchObject({ name: 'FileStoreError', failure: 'io' });
      await expect(writer.sync()).rejects.toMatchObject({ failure: 'io' });
      await writer.close();
      await expect(store.createExclusive(`${directory}/register`, bytes('1'))).rejects.toMatchObject({ failure: 'io' });
      await server.run();
      await store.makeDirectory(directory);
      expect((await store.list(directory)).map((file) => file.name)).toEqual([]);
      const again = await store.create(`${directory}/interrupted`);
      await again.write(bytes('whole'));
      await again.sync();
      expect(text(await store.read(`${directory}/interrupted`))).toBe('whole');
    });
  });
}
