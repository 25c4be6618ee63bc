/**
 * One LevelDB in a folder of its own, and immutable copies of it. The only file that knows LevelDB and the local disk.
 *
 *  L1  A copy is made of a store that nobody writes to meanwhile, and whose last writes were flushed into tables: it needs no log. That this is so is
 *      seen from the manifest, which names the newest log as the first that counts, and from that log, which is empty.
 *  L2  LevelDB compacts behind our back, but it never changes a table file, and deletes one only after its manifest has said so: the tables that the manifest
 *      names are linked, and when one is gone already the manifest is read again. The copy's manifest is the whole records that were read.
 *  L3  Reads are synchronous, also while a copy is made.
 */
import { link, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
/** No entry has it: keys begin with a key group below 2^15. */
const NO_KEY = Uint8Array.of(0xff, 0xff);
const LINK_ATTEMPTS = 20;

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
  /** Whether a process has the store in this folder open. Not for stores of this process. */
  static async isLocked(directory: string): Promise<boolean> {
    const found = new ClassicLevel(directory, { createIfMissing: false });
    try {
      await found.open();
      return false;
    } catch (failure) {
      return ((failure as Error).cause as { readonly code?: string } | undefined)?.code === 'LEVEL_LOCKED';
    } finally {
      await found.close();
    }
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
      await this.db.compactRange(NO_KEY, NO_KEY); // flushes, and has nothing to compact
      for (let attempt = 1; ; attempt++) {
        await makeEmptyFolder(target);
        const files = await this.linkLive(target);
        if (files !== undefined) return files;
        if (attempt === LINK_ATTEMPTS) throw new Error(`${attempt} times a table was compacted away while the store was copied`);
      }
    });
  }

  /** Undefined: a table is gone. */
  private async linkLive(target: string): Promise<LinkedFile[] | undefined> {
    const manifest = (await readFile(join(this.directory, 'CURRENT'), 'utf8')).trim();
    const edits = await readFile(join(this.directory, manifest));
    const { tables, firstLog, wholeBytes } = readManifest(edits);
    await this.checkFlushed(firstLog);
    const files: LinkedFile[] = [];
    for (const [number, sizeBytes] of [...tables].sort(([a], [b]) => a - b)) {
      const name = `${String(number).padStart(6, '0')}.ldb`;
      const path = join(target, name);
      try {
        await link(join(this.directory, name), path);
      } catch (failure) {
        if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw failure;
      }
      const found = (await stat(path)).size;
      if (found !== sizeBytes) throw new Error(`${name} has ${found} bytes, the manifest says ${sizeBytes}`);
      files.push({ name, path, sizeBytes });
    }
    for (const [name, bytes] of [['CURRENT', new TextEncoder().encode(`${manifest}\n`)], [manifest, edits.subarray(0, wholeBytes)]] as const) {
      await writeFile(join(target, name), bytes, { flag: 'wx' });
      files.push({ name, path: join(target, name), sizeBytes: bytes.length });
    }
    return files;
  }

  /** L1. */
  private async checkFlushed(firstLog: number): Promise<void> {
    const logs = (await readdir(this.directory)).filter((name) => name.endsWith('.log')).sort();
    const newest = logs.at(-1);
    if (newest === undefined || Number.parseInt(newest, 10) !== firstLog || (await stat(join(this.directory, newest))).size > 0) {
      throw new Error(`the manifest counts on log ${firstLog}, there are ${logs.join(' ')}`);
    }
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
