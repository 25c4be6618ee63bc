/**
 * Objects of an S3-protocol store as files: `s3://bucket/key`. Safe with several writers where the server keeps conditional writes (AWS, MinIO, versitygw).
 *
 *  S1  a directory is there when objects lie below it or its marker does (`a/b/`, empty): S3 knows none. `makeDirectory` leaves markers;
 *  S2  `createExclusive` is one conditional write: of several writers one wins, and the object has all its bytes or is not there;
 *  S3  `rename` is a copy, then a removal: `to` changes at once; a crash in between leaves `from`, and the same rename can be done again. Up to 5 GB;
 *  S4  what was answered is durable and seen by everyone: `syncDirectory` has nothing to do.
 */
import { baseName, type FileInfo, type FileStore, FileStoreError, type FileWriter, joinPath } from '@weir/ports';
import { S3Api } from './s3-api.js';
import { s3Failure, statusOf } from './s3-failure.js';
import { ancestors, prefixBelow, type S3Location, s3Location } from './s3-location.js';
import type { S3Settings } from './s3-options.js';
import { S3Writer } from './s3-writer.js';

const NOTHING = new Uint8Array(0);
/** Something else happens to the same key at this moment; nothing was written. */
const CONFLICT = 409;

export class S3FileStore implements FileStore {
  private readonly api: S3Api;

  constructor(settings: S3Settings = {}) {
    this.api = new S3Api(settings);
  }

  read(path: string, offset = 0, length?: number): Promise<Uint8Array> {
    return this.perform('read', path, async (at) => {
      const bytes = length === 0 || at.key === '' ? undefined : await this.api.get(at, offset, length === undefined ? Infinity : offset + length);
      if (bytes !== undefined) return bytes;
      const kind = await this.kindOf(at);
      if (kind !== 'file') throw new FileStoreError(kind === 'directory' ? 'is-a-directory' : 'not-found', 'read', path);
      return NOTHING;
    });
  }

  stat(path: string): Promise<FileInfo | undefined> {
    return this.perform('stat', path, async (at) => {
      const object = at.key === '' ? undefined : await this.api.head(at);
      if (object !== undefined) return fileInfo(path, object.sizeBytes, object.modifiedMs);
      return (await this.isDirectory(at)) ? directoryInfo(path) : undefined;
    });
  }

  list(directory: string): Promise<FileInfo[]> {
    return this.perform('list', directory, async (at) => {
      const below = prefixBelow(at);
      const { objects, prefixes } = await this.api.list(at.bucket, below, true);
      if (objects.length === 0 && prefixes.length === 0 && at.key !== '' && (await this.api.head(at)) !== undefined) {
        throw new FileStoreError('not-a-directory', 'list', directory);
      }
      const found = [
        ...objects.filter(({ key }) => key !== below).map(({ key, sizeBytes, modifiedMs }) => fileInfo(joinPath(directory, baseName(key)), sizeBytes, modifiedMs)),
        ...prefixes.map((prefix) => directoryInfo(joinPath(directory, baseName(prefix.slice(0, -1))))),
      ];
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  makeDirectory(directory: string): Promise<void> {
    return this.perform('makeDirectory', directory, async (at) => {
      if (at.key === '' || (await this.api.head(markerOf(at))) !== undefined) return;
      const above = ancestors(at);
      const files = await Promise.all([...above, at].map((location) => this.api.head(location)));
      if (files.pop() !== undefined) throw new FileStoreError('already-exists', 'makeDirectory', directory);
      if (files.some((file) => file !== undefined)) throw new FileStoreError('not-a-directory', 'makeDirectory', directory);
      await Promise.all([...above, at].map((location) => this.api.put(markerOf(location), NOTHING))); // S1
    });
  }

  create(path: string): Promise<FileWriter> {
    return this.perform('create', path, async (at) => {
      const [kind] = await Promise.all([this.kindOf(at), this.checkParent('create', path, at)]);
      if (kind !== undefined) throw new FileStoreError('already-exists', 'create', path);
      return new S3Writer(this.api, at, path);
    });
  }

  createExclusive(path: string, bytes: Uint8Array): Promise<void> {
    return this.perform('createExclusive', path, async (at) => {
      await this.checkParent('createExclusive', path, at);
      for (;;) {
        try {
          return await this.api.putIfAbsent(at, bytes); // S2
        } catch (thrown) {
          if (statusOf(thrown) !== CONFLICT) throw thrown;
        }
      }
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.perform('rename', from, async (source) => {
      const kind = await this.kindOf(source);
      if (kind !== 'file') throw new FileStoreError(kind === undefined ? 'not-found' : 'is-a-directory', 'rename', from);
      const target = s3Location('rename', to);
      await this.checkParent('rename', to, target);
      await this.api.copy(source, target); // S3
      await this.api.remove(source);
    });
  }

  remove(path: string): Promise<void> {
    return this.perform('remove', path, async (at) => {
      if ((await this.kindOf(at)) === 'directory') throw new FileStoreError('is-a-directory', 'remove', path);
      await this.api.remove(at);
    });
  }

  removeTree(directory: string): Promise<void> {
    return this.perform('removeTree', directory, async (at) => {
      const { objects } = await this.api.list(at.bucket, prefixBelow(at), false);
      await this.api.removeAll(at.bucket, [...objects.map(({ key }) => key), ...(at.key === '' ? [] : [at.key])]);
    });
  }

  syncDirectory(directory: string): Promise<void> {
    return this.perform('syncDirectory', directory, async (at) => {
      const kind = await this.kindOf(at);
      if (kind !== 'directory') throw new FileStoreError(kind === undefined ? 'not-found' : 'not-a-directory', 'syncDirectory', directory); // S4
    });
  }

  private async checkParent(operation: string, path: string, at: S3Location): Promise<void> {
    const above = ancestors(at);
    const parent = above.at(-1);
    if (parent === undefined || (await this.isDirectory(parent))) return;
    const files = await Promise.all(above.map((location) => this.api.head(location)));
    throw new FileStoreError(files.some((file) => file !== undefined) ? 'not-a-directory' : 'not-found', operation, path);
  }

  private async kindOf(at: S3Location): Promise<'file' | 'directory' | undefined> {
    const [object, isDirectory] = await Promise.all([at.key === '' ? undefined : this.api.head(at), this.isDirectory(at)]);
    return object !== undefined ? 'file' : isDirectory ? 'directory' : undefined;
  }

  private async isDirectory(at: S3Location): Promise<boolean> {
    return at.key === '' || this.api.hasAny(at.bucket, prefixBelow(at));
  }

  private async perform<T>(operation: string, path: string, action: (at: S3Location) => Promise<T>): Promise<T> {
    try {
      return await action(s3Location(operation, path));
    } catch (thrown) {
      throw s3Failure(operation, path, thrown);
    }
  }
}

/** S1 */
const markerOf = ({ bucket, key }: S3Location): S3Location => ({ bucket, key: `${key}/` });

const fileInfo = (path: string, sizeBytes: number, modifiedMs: number): FileInfo => ({ path, name: baseName(path), kind: 'file', sizeBytes, modifiedMs });
const directoryInfo = (path: string): FileInfo => ({ path, name: baseName(path), kind: 'directory', sizeBytes: 0, modifiedMs: 0 });
