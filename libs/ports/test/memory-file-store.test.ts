/** The fake's own promises: what a power cut takes and what it must leave (M1 to M5). The rest is in the conformance suite. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryFileStore, SeededRandom } from '@weir/ports';

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

async function write(store: MemoryFileStore, path: string, content: Uint8Array, sync: boolean): Promise<void> {
  const writer = await store.create(path);
  await writer.write(content);
  if (sync) await writer.sync();
  await writer.close();
}

describe('MemoryFileStore at a power cut', () => {
  it('keeps what was synced by bytes and by name, whatever the seed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const store = new MemoryFileStore();
        await store.makeDirectory('d');
        await write(store, 'd/a', bytes(2000, 1), true);
        await store.syncDirectory('d');
        await store.createExclusive('d/b', bytes(10, 2));
        store.powerCut(new SeededRandom(seed));
        expect(await store.read('d/a')).toEqual(bytes(2000, 1));
        expect(await store.read('d/b')).toEqual(bytes(10, 2));
      }),
    );
  });

  it('loses unsynced names and bytes for some seeds, keeps them for others, and tears at 512 bytes', async () => {
    const sizes = new Set<number | undefined>();
    for (let seed = 0; seed < 300; seed++) {
      const store = new MemoryFileStore();
      await write(store, 'a', bytes(2000, 1), false);
      store.powerCut(new SeededRandom(seed));
      sizes.add((await store.stat('a'))?.sizeBytes);
    }
    expect([...sizes].map(String).sort()).toEqual(['0', '1024', '1536', '2000', '512', 'undefined']);
  });

  it('leaves one of both names after an unsynced rename, never neither', async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const store = new MemoryFileStore();
      await store.createExclusive('from', bytes(1, 1));
      await store.rename('from', 'to');
      store.powerCut(new SeededRandom(seed));
      seen.add((await store.list('.')).map(({ name }) => name).join());
    }
    expect([...seen].sort()).toEqual(['from', 'to']);
  });

  it('does not save the bytes of a failed sync by a later one', async () => {
    const store = new MemoryFileStore();
    const writer = await store.create('a');
    await store.syncDirectory('.');
    await writer.write(bytes(10, 1));
    store.failWhen((operation) => (operation === 'sync' ? 'io' : undefined));
    await expect(writer.sync()).rejects.toMatchObject({ code: 'WEIR_FILE_IO' });
    store.failWhen(undefined);
    await writer.sync();
    store.powerCut(new SeededRandom(1));
    expect((await store.stat('a'))?.sizeBytes).toBe(0);
  });

  it('fails writers of the life before', async () => {
    const store = new MemoryFileStore();
    const writer = await store.create('a');
    store.powerCut(new SeededRandom(1));
    await expect(writer.write(bytes(1, 1))).rejects.toMatchObject({ failure: 'io' });
  });
});

describe('MemoryFileStore with faults', () => {
  it('refuses what goes beyond its quota, after taking what fits', async () => {
    const store = new MemoryFileStore({ quotaBytes: 100 });
    const writer = await store.create('a');
    await writer.write(bytes(60, 1));
    await expect(writer.write(bytes(60, 1))).rejects.toMatchObject({ code: 'WEIR_DISK_FULL' });
    expect(store.usedBytes).toBe(100);
    await expect(store.createExclusive('b', bytes(1, 1))).rejects.toMatchObject({ failure: 'no-space' });
    await store.remove('a');
    await store.createExclusive('b', bytes(1, 1));
  });

  it('can fail an operation that took effect all the same', async () => {
    const store = new MemoryFileStore();
    store.failWhen((operation, path) => (operation === 'createExclusive' && path === 'a' ? { failure: 'io', applied: true } : undefined));
    await expect(store.createExclusive('a', bytes(1, 1))).rejects.toMatchObject({ failure: 'io' });
    expect(await store.read('a')).toEqual(bytes(1, 1));
  });

  it('given a creation that failed after it took effect / then its name may be gone after a power cut, unless its directory was synced', async () => {
    const left = async (seed: number, synced: boolean): Promise<boolean> => {
      const store = new MemoryFileStore();
      store.failWhen((operation) => (operation === 'createExclusive' ? { failure: 'io', applied: true } : undefined));
      await expect(store.createExclusive('a', bytes(1, 1))).rejects.toMatchObject({ failure: 'io' });
      if (synced) await store.syncDirectory('.');
      store.powerCut(new SeededRandom(seed));
      return (await store.stat('a')) !== undefined;
    };
    const seeds = Array.from({ length: 20 }, (_, i) => i);
    expect(new Set(await Promise.all(seeds.map((seed) => left(seed, false))))).toEqual(new Set([true, false]));
    expect(new Set(await Promise.all(seeds.map((seed) => left(seed, true))))).toEqual(new Set([true]));
  });
});
