/** What every FileStore must do, as Jest tests. Durability itself cannot be seen from outside; the fake's own tests cut the power. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FileStore, FileStoreFailure } from '@weir/ports';

export interface FileStoreFixture {
  readonly store: FileStore;
  /** An existing, empty directory. */
  readonly directory: string;
  cleanUp?(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

/** Registers the suite. `makeStore` is called for each test. */
export function fileStoreConformance(name: string, makeStore: () => Promise<FileStoreFixture>): void {
  describe(`${name} as a FileStore`, () => {
    let fixture: FileStoreFixture;
    let store: FileStore;
    const at = (path: string): string => `${fixture.directory}/${path}`;
    const failing = async (operation: Promise<unknown>, failure: FileStoreFailure): Promise<void> => {
      await expect(operation).rejects.toMatchObject({ name: 'FileStoreError', failure });
    };
    const put = async (path: string, content: string): Promise<void> => {
      const writer = await store.create(at(path));
      await writer.write(bytes(content));
      await writer.close();
    };

    beforeEach(async () => {
      fixture = await makeStore();
      store = fixture.store;
    });
    afterEach(async () => fixture.cleanUp?.());

    it('reads what was written, in whole and in part', async () => {
      const writer = await store.create(at('a'));
      await writer.write(bytes('hello '));
      await writer.write(bytes('weir'));
      expect(writer.sizeBytes).toBe(10);
      await writer.sync();
      await writer.close();
      await writer.close();
      expect(text(await store.read(at('a')))).toBe('hello weir');
      expect(text(await store.read(at('a'), 6, 2))).toBe('we');
      expect(text(await store.read(at('a'), 8, 100))).toBe('ir');
      expect(text(await store.read(at('a'), 50))).toBe('');
    });

    it('knows an empty file from none', async () => {
      await put('empty', '');
      expect(await store.stat(at('empty'))).toMatchObject({ name: 'empty', path: at('empty'), kind: 'file', sizeBytes: 0 });
      expect(text(await store.read(at('empty')))).toBe('');
      expect(await store.stat(at('none'))).toBeUndefined();
      await failing(store.read(at('none')), 'not-found');
    });

    it('lists a directory sorted by name, with full paths, and a missing one as empty', async () => {
      await put('b', '22');
      await put('a', '1');
      await store.makeDirectory(at('c/d'));
      const found = await store.list(fixture.directory);
      expect(found.map(({ name, path, kind, sizeBytes }) => ({ name, path, kind, sizeBytes }))).toEqual([
        { name: 'a', path: at('a'), kind: 'file', sizeBytes: 1 },
        { name: 'b', path: at('b'), kind: 'file', sizeBytes: 2 },
        { name: 'c', path: at('c'), kind: 'directory', sizeBytes: 0 },
      ]);
      expect(await store.list(at('nowhere'))).toEqual([]);
      await failing(store.list(at('a')), 'not-a-directory');
    });

    it('creates a file only where there is none and its directory is', async () => {
      await put('a', '1');
      await failing(store.create(at('a')), 'already-exists');
      await failing(store.create(at('nowhere/a')), 'not-found');
      await failing(store.create(at('a/b')), 'not-a-directory');
      expect(text(await store.read(at('a')))).toBe('1');
    });

    it('makes directories with their parents, as often as asked', async () => {
      await store.makeDirectory(at('x/y/z'));
      await store.makeDirectory(at('x/y/z'));
      expect(await store.stat(at('x/y'))).toMatchObject({ kind: 'directory', name: 'y' });
      await put('file', '');
      await failing(store.makeDirectory(at('file')), 'already-exists');
      await failing(store.makeDirectory(at('file/below')), 'not-a-directory');
    });

    it('refuses to read a directory', async () => {
      await store.makeDirectory(at('x'));
      await failing(store.read(at('x')), 'is-a-directory');
    });

    it('lets exactly one of many exclusive creators win, with all its bytes', async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => store.createExclusive(at('winner'), bytes(`writer ${i}`))));
      const winners = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(text(await store.read(at('winner')))).toBe(`writer ${winners[0]}`);
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ failure: 'already-exists' });
    });

    it('leaves nothing behind when an exclusive creation fails', async () => {
      await put('a', '1');
      await failing(store.createExclusive(at('a'), bytes('2')), 'already-exists');
      await failing(store.createExclusive(at('nowhere/a'), bytes('2')), 'not-found');
      expect((await store.list(fixture.directory)).map(({ name }) => name)).toEqual(['a']);
      expect(text(await store.read(at('a')))).toBe('1');
    });

    it('renames over an existing file', async () => {
      await put('from', 'new');
      await put('to', 'old');
      await store.rename(at('from'), at('to'));
      expect(text(await store.read(at('to')))).toBe('new');
      expect(await store.stat(at('from'))).toBeUndefined();
      await failing(store.rename(at('from'), at('to')), 'not-found');
    });

    it('removes files and trees, harmlessly when they are not there', async () => {
      await store.makeDirectory(at('x/y'));
      await put('x/y/a', '1');
      await put('x/b', '2');
      await failing(store.remove(at('x')), 'is-a-directory');
      await store.remove(at('x/b'));
      await store.remove(at('x/b'));
      await store.removeTree(at('x'));
      await store.removeTree(at('x'));
      expect(await store.list(fixture.directory)).toEqual([]);
    });

    it('syncs directories and nothing else as directories', async () => {
      await put('a', '1');
      await store.syncDirectory(fixture.directory);
      await failing(store.syncDirectory(at('nowhere')), 'not-found');
      await failing(store.syncDirectory(at('a')), 'not-a-directory');
    });

    it('names code, operation and path in its errors', async () => {
      await expect(store.read(at('none'))).rejects.toMatchObject({ code: 'WEIR_FILE_NOT_FOUND', operation: 'read', path: at('none') });
    });
  });
}
