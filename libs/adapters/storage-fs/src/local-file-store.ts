/**
 * Files of this machine, or of a file system mounted on it. Durable by fsync of the file and of its directory.
 *
 *  L1  `createExclusive` writes a temporary file beside the target, syncs it, links it to its name and syncs the directory: the name
 *      appears with all its bytes or not at all, and of several writers one wins;
 *  L2  temporary files are never listed; one that a crash left behind is harmless and goes with its directory.
 */
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { isAbsolute, join, resolve, dirname } from 'node:path';
import { randomBytes } from 'node:crypto';
import { baseName, type FileInfo, type FileStore, FileStoreError, type FileWriter, joinPath } from '@weir/ports';
import { errnoOf, fileStoreError } from './errno.js';
import { LocalFileWriter } from './local-file-writer.js';

const TEMPORARY_PREFIX = '.weir-tmp-';

export interface LocalFileStoreOptions {
  /** Relative paths start here. Default: the working directory of the process. */
  readonly root?: string;
}

export class LocalFileStore implements FileStore {
  private readonly root: string;

  constructor(options: LocalFileStoreOptions = {}) {
    this.root = options.root ?? '';
  }

  async read(path: string, offset = 0, length?: number): Promise<Uint8Array> {
    return this.perform('read', path, async (file) => {
      const handle = await open(file, 'r');
      try {
        const { size } = await handle.stat();
        const wanted = Math.max(0, Math.min(length ?? Infinity, size - offset));
        const bytes = new Uint8Array(wanted);
        let done = 0;
        // A read of nothing still tells a directory from a file.
        do {
          const { bytesRead } = await handle.read(bytes, done, wanted - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        } while (done < wanted);
        if (wanted === 0 && (await handle.stat()).isDirectory()) throw new FileStoreError('is-a-directory', 'read', path);
        return done === wanted ? bytes : bytes.subarray(0, done);
      } finally {
        await handle.close();
      }
    });
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    return this.perform('stat', path, (file) => infoOf(file, path));
  }

  async list(directory: string): Promise<FileInfo[]> {
    return this.perform('list', directory, async (folder) => {
      const names = await namesIn(folder);
      const found = await Promise.all(
        names.filter((name) => !name.startsWith(TEMPORARY_PREFIX)).map((name) => infoOf(join(folder, name), joinPath(directory, name))),
      );
      return found.filter((info) => info !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async makeDirectory(directory: string): Promise<void> {
    return this.perform('makeDirectory', directory, async (folder) => {
      const first = await mkdir(folder, { recursive: true });
      if (first === undefined) return;
      for (let parent = dirname(folder); ; parent = dirname(parent)) {
        await syncFolder(parent);
        if (parent === dirname(first) || parent === dirname(parent)) return;
      }
    });
  }

  async create(path: string): Promise<FileWriter> {
    return this.perform('create', path, async (file) => new LocalFileWriter(await open(file, 'wx'), path));
  }

  async createExclusive(path: string, bytes: Uint8Array): Promise<void> {
    return this.perform('createExclusive', path, async (file) => {
      const folder = dirname(file);
      const temporary = join(folder, TEMPORARY_PREFIX + randomBytes(8).toString('hex'));
      try {
        const writer = new LocalFileWriter(await open(temporary, 'wx'), path);
        try {
          await writer.write(bytes);
          await writer.sync();
        } finally {
          await writer.close();
        }
        await link(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
      await syncFolder(folder);
    });
  }

  async rename(from: string, to: string): Promise<void> {
    return this.perform('rename', from, (file) => rename(file, this.resolve(to)));
  }

  async remove(path: string): Promise<void> {
    return this.perform('remove', path, async (file) => {
      try {
        await unlink(file);
      } catch (thrown) {
        if (errnoOf(thrown) === 'ENOENT') return;
        if (errnoOf(thrown) === 'EPERM' && (await lstat(file)).isDirectory()) throw new FileStoreError('is-a-directory', 'remove', path, thrown); // macOS
        throw thrown;
      }
    });
  }

  async removeTree(directory: string): Promise<void> {
    return this.perform('removeTree', directory, (folder) => rm(folder, { recursive: true, force: true }));
  }

  async syncDirectory(directory: string): Promise<void> {
    return this.perform('syncDirectory', directory, syncFolder);
  }

  absolutePath(path: string): string {
    return resolve(this.root, path);
  }

  private resolve(path: string): string {
    return isAbsolute(path) ? path : join(this.root, path);
  }

  private async perform<T>(operation: string, path: string, action: (file: string) => Promise<T>): Promise<T> {
    try {
      return await action(this.resolve(path));
    } catch (thrown) {
      throw fileStoreError(operation, path, thrown);
    }
  }
}

async function infoOf(file: string, path: string): Promise<FileInfo | undefined> {
  try {
    const found = await stat(file);
    const kind = found.isDirectory() ? 'directory' : 'file';
    return { path, name: baseName(path), kind, sizeBytes: kind === 'file' ? found.size : 0, modifiedMs: Math.floor(found.mtimeMs) };
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder === '' ? '.' : folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
