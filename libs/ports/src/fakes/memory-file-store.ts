/**
 * A file store in memory with the durability of a real one: bytes live in a write-back cache until `sync`, names until `syncDirectory`.
 * `powerCut` throws away what was not made durable, as a disk would.
 *
 *  M1  reads see every write and every name at once; a power cut sees only what was synced, plus a seeded part of the rest;
 *  M2  each file with unsynced writes keeps them with p = 0, 1/2 or 1, and a kept write may be torn at 512 bytes;
 *  M3  unsynced creations, renames and removals survive one by one with p = 0, 1/2 or 1; a rename is one step (never: neither name);
 *  M4  a failed `sync` leaves its bytes counted clean: a later successful `sync` does not save them (fsync EIO on Linux);
 *  M5  `makeDirectory`, `createExclusive` are durable when they return; a `createExclusive` that fails after it took effect failed in the
 *      sync of the directory: its name is there, and not yet durable.
 */
import { assert } from '@weir/base';
import { baseName, type FileInfo, type FileStore, FileStoreError, type FileStoreFailure, type FileWriter, joinPath, parentPath } from '../file-store.js';
import type { Random } from '../random.js';

/** An injected failure. `applied`: the operation took effect all the same (unknown outcome). */
export type FileFault = FileStoreFailure | { readonly failure: FileStoreFailure; readonly applied: boolean };

export interface MemoryFileStoreOptions {
  /** Wall-clock milliseconds for `modifiedMs`. */
  readonly now?: () => number;
  /** Bytes that all files together may have; more is `no-space`. */
  readonly quotaBytes?: number;
}

const SECTOR_BYTES = 512;

interface PendingWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Bytes that grow at any offset; holes are zero. */
class GrowingBytes {
  private buffer = new Uint8Array(0);
  size = 0;

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (end > this.buffer.length) {
      const grown = new Uint8Array(Math.max(end, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, this.size));
      this.buffer = grown;
    }
    this.buffer.set(bytes, offset);
    this.size = Math.max(this.size, end);
  }

  copy(from: number, to: number): Uint8Array {
    return this.buffer.slice(from, Math.min(this.size, to));
  }

  flipBit(byteIndex: number): void {
    this.buffer[byteIndex] ^= 1;
  }
}

class Inode {
  content = new GrowingBytes();
  private durable = new GrowingBytes();
  private unsynced: PendingWrite[] = [];

  constructor(public modifiedMs: number) {}

  append(bytes: Uint8Array): void {
    const write = { offset: this.content.size, bytes: bytes.slice() };
    this.content.write(write.offset, write.bytes);
    this.unsynced.push(write);
  }

  sync(): void {
    for (const write of this.unsynced) this.durable.write(write.offset, write.bytes);
    this.unsynced = [];
  }

  /** M4 */
  syncFailed(): void {
    this.unsynced = [];
  }

  /** M2 */
  powerCut(random: Random): void {
    const probability = random.nextInt(3) / 2;
    for (const { offset, bytes } of this.unsynced) {
      if (random.next() >= probability) continue;
      const torn = probability === 0.5 && random.nextInt(2) === 0;
      this.durable.write(offset, torn ? bytes.subarray(0, SECTOR_BYTES * random.nextInt(1 + Math.floor(bytes.length / SECTOR_BYTES))) : bytes);
    }
    this.unsynced = [];
    this.content = new GrowingBytes();
    this.content.write(0, this.durable.copy(0, Infinity));
  }

  flipBit(byteIndex: number): void {
    this.content.flipBit(byteIndex);
    if (byteIndex < this.durable.size) this.durable.flipBit(byteIndex);
  }
}

/** One unsynced change of names: what each path points to afterwards. */
type NameChange = Map<string, Inode | undefined>;

export class MemoryFileStore implements FileStore {
  private names = new Map<string, Inode>();
  private durableNames = new Map<string, Inode>();
  private unsyncedNames: NameChange[] = [];
  private readonly directories = new Set<string>(['.', '/']);
  private fault: ((operation: string, path: string) => FileFault | undefined) | undefined;
  private quotaBytes: number;
  private readonly now: () => number;
  /** Rises at each power cut; writers of an earlier life fail. */
  private life = 0;
  /** Operations carried out, for tests that cut the power after each one. */
  operations = 0;

  constructor(options: MemoryFileStoreOptions = {}) {
    this.now = options.now ?? (() => 0);
    this.quotaBytes = options.quotaBytes ?? Infinity;
  }

  /** Asked before each operation; operations are named like the methods, writers' ones `write`, `sync`, `close`. Undefined ends it. */
  failWhen(fault: ((operation: string, path: string) => FileFault | undefined) | undefined): void {
    this.fault = fault;
  }

  setQuota(bytes: number): void {
    this.quotaBytes = bytes;
  }

  /** Bytes in all files. */
  get usedBytes(): number {
    let used = 0;
    for (const inode of new Set(this.names.values())) used += inode.content.size;
    return used;
  }

  /** Loses what was not durable (M2, M3). Open writers fail from now on. */
  powerCut(random: Random): void {
    this.life++;
    const probability = random.nextInt(3) / 2;
    for (const change of this.unsyncedNames) {
      if (random.next() < probability) this.applyDurably(change, undefined);
    }
    this.unsyncedNames = [];
    this.names = new Map(this.durableNames);
    for (const inode of new Set(this.names.values())) inode.powerCut(random);
    for (const path of this.names.keys()) {
      for (let parent = parentPath(path); !this.directories.has(parent); parent = parentPath(parent)) this.directories.add(parent);
    }
  }

  /** Flips one bit of what lies on the disk. */
  flipBit(path: string, byteIndex: number): void {
    const inode = this.inodeAt('read', path);
    assert(byteIndex < inode.content.size, `${path} has ${inode.content.size} bytes, no byte ${byteIndex}`);
    inode.flipBit(byteIndex);
  }

  async read(path: string, offset = 0, length = Infinity): Promise<Uint8Array> {
    return this.perform('read', path, () => {
      return this.inodeAt('read', path).content.copy(offset, offset + length);
    });
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    return this.perform('stat', path, () => this.infoAt(path));
  }

  async list(directory: string): Promise<FileInfo[]> {
    return this.perform('list', directory, () => {
      const key = normalized(directory);
      if (this.names.has(key)) throw new FileStoreError('not-a-directory', 'list', directory);
      const found: FileInfo[] = [];
      const prefix = key === '/' || key === '.' ? '' : `${key}/`; // most paths are told by it alone
      const look = (path: string): void => {
        if (!path.startsWith(prefix) || path === '.' || path === '/' || parentPath(path) !== key) return;
        found.push({ ...(this.infoAt(path) as FileInfo), path: joinPath(directory, baseName(path)) });
      };
      for (const path of this.names.keys()) look(path);
      for (const path of this.directories) look(path);
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async makeDirectory(directory: string): Promise<void> {
    return this.perform('makeDirectory', directory, () => {
      for (let path = normalized(directory); !this.directories.has(path); path = parentPath(path)) {
        if (this.names.has(path)) throw new FileStoreError(path === normalized(directory) ? 'already-exists' : 'not-a-directory', 'makeDirectory', directory);
        this.directories.add(path);
      }
    });
  }

  async create(path: string): Promise<FileWriter> {
    return this.perform('create', path, () => {
      const inode = this.addFile('create', path);
      this.unsyncedNames.push(new Map([[normalized(path), inode]]));
      return this.writer(path, inode);
    });
  }

  async createExclusive(path: string, bytes: Uint8Array): Promise<void> {
    return this.perform('createExclusive', path, (failing) => {
      this.checkParent('createExclusive', path);
      if (this.exists(path)) throw new FileStoreError('already-exists', 'createExclusive', path);
      if (bytes.length > this.room) throw new FileStoreError('no-space', 'createExclusive', path);
      const inode = this.addFile('createExclusive', path);
      inode.append(bytes);
      inode.sync();
      if (failing) this.unsyncedNames.push(new Map([[normalized(path), inode]])); // M5
      else {
        for (const change of this.unsyncedNames) change.delete(normalized(path));
        this.durableNames.set(normalized(path), inode);
      }
    });
  }

  async rename(from: string, to: string): Promise<void> {
    return this.perform('rename', from, () => {
      const inode = this.inodeAt('rename', from);
      this.checkParent('rename', to);
      if (this.directories.has(normalized(to))) throw new FileStoreError('is-a-directory', 'rename', to);
      this.names.delete(normalized(from));
      this.names.set(normalized(to), inode);
      this.unsyncedNames.push(
        new Map<string, Inode | undefined>([
          [normalized(from), undefined],
          [normalized(to), inode],
        ]),
      );
    });
  }

  async remove(path: string): Promise<void> {
    return this.perform('remove', path, () => {
      if (this.directories.has(normalized(path))) throw new FileStoreError('is-a-directory', 'remove', path);
      if (this.names.delete(normalized(path))) this.unsyncedNames.push(new Map([[normalized(path), undefined]]));
    });
  }

  async removeTree(directory: string): Promise<void> {
    return this.perform('removeTree', directory, () => {
      const key = normalized(directory);
      const below = (path: string): boolean => path.startsWith(key === '/' ? '/' : `${key}/`);
      for (const path of [...this.names.keys()]) {
        if (path !== key && !below(path)) continue;
        this.names.delete(path);
        this.unsyncedNames.push(new Map([[path, undefined]]));
      }
      for (const path of [...this.directories]) if ((path === key || below(path)) && path !== '/' && path !== '.') this.directories.delete(path);
    });
  }

  async syncDirectory(directory: string): Promise<void> {
    return this.perform('syncDirectory', directory, () => {
      const key = normalized(directory);
      if (this.names.has(key)) throw new FileStoreError('not-a-directory', 'syncDirectory', directory);
      if (!this.directories.has(key)) throw new FileStoreError('not-found', 'syncDirectory', directory);
      for (const change of this.unsyncedNames) this.applyDurably(change, key);
      this.unsyncedNames = this.unsyncedNames.filter((change) => change.size > 0);
    });
  }

  private writer(path: string, inode: Inode): FileWriter {
    const { life } = this;
    let closed = false;
    const check = (operation: string): void => {
      assert(!closed, `cannot ${operation} ${path} after its close`);
      if (life !== this.life) throw new FileStoreError('io', operation, path, new Error('the power was cut'));
    };
    return {
      get sizeBytes() {
        return inode.content.size;
      },
      write: (bytes) =>
        this.perform('write', path, () => {
          check('write');
          const { room } = this;
          inode.append(bytes.length <= room ? bytes : bytes.subarray(0, Math.max(0, room)));
          inode.modifiedMs = this.now();
          if (bytes.length > room) throw new FileStoreError('no-space', 'write', path);
        }),
      sync: () =>
        this.perform(
          'sync',
          path,
          () => {
            check('sync');
            inode.sync();
          },
          () => inode.syncFailed(),
        ),
      close: () =>
        this.perform('close', path, () => {
          closed = true;
        }),
    };
  }

  /** Runs one operation in a microtask of its own, with the injected fault around it. */
  private async perform<T>(operation: string, path: string, action: (failing: boolean) => T, onFault?: () => void): Promise<T> {
    await Promise.resolve();
    this.operations++;
    const fault = this.fault?.(operation, path);
    if (fault === undefined) return action(false);
    const { failure, applied } = typeof fault === 'string' ? { failure: fault, applied: false } : fault;
    if (applied) action(true);
    else onFault?.();
    throw new FileStoreError(failure, operation, path, new Error('injected'));
  }

  /** Moves the part of `change` that lies in `directory` (all of it when undefined) to the disk. */
  private applyDurably(change: NameChange, directory: string | undefined): void {
    for (const [path, inode] of [...change]) {
      if (directory !== undefined && parentPath(path) !== directory) continue;
      change.delete(path);
      if (inode === undefined) this.durableNames.delete(path);
      else this.durableNames.set(path, inode);
    }
  }

  /** Bytes that may still be written. */
  private get room(): number {
    return this.quotaBytes === Infinity ? Infinity : this.quotaBytes - this.usedBytes;
  }

  private addFile(operation: string, path: string): Inode {
    this.checkParent(operation, path);
    if (this.exists(path)) throw new FileStoreError('already-exists', operation, path);
    const inode = new Inode(this.now());
    this.names.set(normalized(path), inode);
    return inode;
  }

  private exists(path: string): boolean {
    return this.names.has(normalized(path)) || this.directories.has(normalized(path));
  }

  private checkParent(operation: string, path: string): void {
    const parent = parentPath(normalized(path));
    if (this.directories.has(parent)) return;
    throw new FileStoreError(this.names.has(parent) ? 'not-a-directory' : 'not-found', operation, path);
  }

  private inodeAt(operation: string, path: string): Inode {
    const inode = this.names.get(normalized(path));
    if (inode !== undefined) return inode;
    throw new FileStoreError(this.directories.has(normalized(path)) ? 'is-a-directory' : 'not-found', operation, path);
  }

  private infoAt(path: string): FileInfo | undefined {
    const key = normalized(path);
    const inode = this.names.get(key);
    if (inode !== undefined) return { path, name: baseName(key), kind: 'file', sizeBytes: inode.content.size, modifiedMs: inode.modifiedMs };
    return this.directories.has(key) ? { path, name: baseName(key), kind: 'directory', sizeBytes: 0, modifiedMs: 0 } : undefined;
  }
}

/** Paths that have one spelling: no part is empty or `.`. */
const ORDINARY_PATH = /^\/?(?!\.(?:\/|$))[^/]+(?:\/(?!\.(?:\/|$))[^/]+)*$/;

/** One spelling per path: no `./` in front, no `/` at the end, none doubled. */
function normalized(path: string): string {
  if (ORDINARY_PATH.test(path)) return path;
  const joined = path
    .split('/')
    .filter((part, index) => part !== '.' && (part !== '' || index === 0))
    .join('/');
  return joined === '' ? (path.startsWith('/') ? '/' : '.') : joined;
}
