/**
 * One LevelDB in a folder of its own, and immutable copies of it. The only file that knows LevelDB and the local disk.
 *
 *  L1  A copy is made while the store is closed: LevelDB deletes and rewrites files in the background whenever it is open, and a copy of a
 *      store that is being written is corrupt one time in three. That the same files open again right after is the check of the copy.
 *  L2  Files are linked, not copied. LevelDB never changes a table file; logs and manifests it begins anew each time it opens.
 *  L3  Reads are synchronous. Between `link`'s close and open there are none: the caller pauses its task.
 *  L4  Only files that the manifest names are linked, of the size that it says: what a cut-off compaction left is rewritten in place after the
 *      next opening, under the same name.
 */
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '@weir/base';
import { ClassicLevel } from 'classic-level';
import { StateStoreError } from './errors.js';
import { readManifest } from './manifest.js';

export interface LevelStoreOptions {
  readonly blockCacheBytes: number;
  readonly writeBufferBytes: number;
  readonly tableFileBytes: number;
}

export type LevelOperation = { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array } | { readonly type: 'del'; readonly key: Uint8Array };

export interface LinkedFile {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

const SCAN_BYTES = 1 << 20;
const SCAN_ENTRIES = 1000;

export class LevelStore {
  private opened: ClassicLevel<Uint8Array, Uint8Array> | undefined;

  constructor(readonly directory: string, private readonly options: LevelStoreOptions) {}

  /** Files that are to be found must lie there by now. */
  async open(): Promise<void> {
    const { blockCacheBytes, writeBufferBytes, tableFileBytes } = this.options;
    await this.doing('open', async () => {
      // Made only here: it opens by itself in the next turn.
      this.opened = new ClassicLevel<Uint8Array, Uint8Array>(this.directory, {
        keyEncoding: 'view', valueEncoding: 'view', cacheSize: blockCacheBytes, writeBufferSize: writeBufferBytes, maxFileSize: tableFileBytes, maxOpenFiles: 500,
      });
      await this.opened.open();
    });
  }
  private get db(): ClassicLevel<Uint8Array, Uint8Array> {
    assert(this.opened !== undefined, `the store in ${this.directory} is not open`);
    return this.opened;
  }

  /** Undefined when there is none. The key may be a view of a buffer that is used again. */
  get(key: Uint8Array): Uint8Array | undefined {
    try {
      return this.db.getSync(key);
    } catch (failure) {
      throw new StateStoreError(this.directory, 'read', failure);
    }
  }

  /** Not fsynced: what must survive lies in checkpoints. */
  async write(operations: LevelOperation[]): Promise<void> {
    await this.doing('write', () => this.db.batch(operations));
  }

  /** Entries with `from <= key < to`, in the order of their bytes, some at a time. */
  async *scan(from: Uint8Array, to: Uint8Array): AsyncGenerator<[Uint8Array, Uint8Array][]> {
    const iterator = this.db.iterator({ gte: from, lt: to, highWaterMarkBytes: SCAN_BYTES, fillCache: false });
    try {
      for (;;) {
        const entries = await this.doing('scan', () => iterator.nextv(SCAN_ENTRIES));
        if (entries.length === 0) return;
        yield entries;
      }
    } finally {
      await iterator.close();
    }
  }

  /** L1, L2: makes `target` an immutable copy of all that was written. */
  async link(target: string): Promise<LinkedFile[]> {
    return this.doing('copy', async () => {
      await this.db.close();
      const files: LinkedFile[] = [];
      await mkdir(target, { recursive: true });
      for (const { name, sizeBytes: expected } of await this.liveFiles()) {
        const path = join(target, name);
        await link(join(this.directory, name), path);
        const sizeBytes = (await stat(path)).size;
        if (expected !== undefined && sizeBytes !== expected) throw new Error(`${name} has ${sizeBytes} bytes, the manifest says ${expected}`);
        files.push({ name, path, sizeBytes });
      }
      await this.db.open();
      return files;
    });
  }

  /** Of a closed store, by its manifest. */
  private async liveFiles(): Promise<{ readonly name: string; readonly sizeBytes: number | undefined }[]> {
    const manifest = (await readFile(join(this.directory, 'CURRENT'), 'utf8')).trim();
    const { tables, firstLog } = readManifest(await readFile(join(this.directory, manifest)));
    const logs = (await readdir(this.directory)).filter((name) => name.endsWith('.log') && Number.parseInt(name, 10) >= firstLog);
    return [
      ...[...tables].sort(([a], [b]) => a - b).map(([number, sizeBytes]) => ({ name: `${String(number).padStart(6, '0')}.ldb`, sizeBytes })),
      ...['CURRENT', manifest, ...logs.sort()].map((name) => ({ name, sizeBytes: undefined })),
    ];
  }

  async close(): Promise<void> {
    await this.opened?.close();
  }

  private async doing<T>(operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (failure) {
      throw failure instanceof StateStoreError ? failure : new StateStoreError(this.directory, operation, failure);
    }
  }
}

export async function removeFolder(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/** Removes a folder that holds nothing any more; one that does is somebody else's still. */
export async function removeFolderIfEmpty(directory: string): Promise<void> {
  const left = await readdir(directory).catch(() => ['?']); // gone already
  if (left.length === 0) await rm(directory, { recursive: true, force: true });
}

export async function makeEmptyFolder(directory: string): Promise<void> {
  await removeFolder(directory);
  await mkdir(directory, { recursive: true });
}

/** Writes a file from the pieces that `fill` gives. */
export async function writeFileOf(path: string, fill: (take: (piece: Uint8Array) => Promise<void>) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await fill(async (piece) => {
      await file.writeFile(piece);
    });
  } finally {
    await file.close();
  }
}

export async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    let read = 0;
    while (read < length) {
      const { bytesRead } = await file.read(bytes, read, length - read, offset + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return bytes.subarray(0, read);
  } finally {
    await file.close();
  }
}
