/** One store for paths of several: `s3://…` goes to the store of that scheme, everything else to the one for plain paths. */
import { type FileInfo, type FileStore, FileStoreError, type FileWriter, schemeOf } from './file-store.js';

export class FileStoreByScheme implements FileStore {
  /** @param schemes by name, without `://` */
  constructor(
    private readonly plain: FileStore,
    private readonly schemes: Readonly<Record<string, FileStore>>,
  ) {}

  async read(path: string, offset?: number, length?: number): Promise<Uint8Array> {
    return this.storeOf('read', path).read(path, offset, length);
  }
  async stat(path: string): Promise<FileInfo | undefined> {
    return this.storeOf('stat', path).stat(path);
  }
  async list(directory: string): Promise<FileInfo[]> {
    return this.storeOf('list', directory).list(directory);
  }
  async makeDirectory(directory: string): Promise<void> {
    return this.storeOf('makeDirectory', directory).makeDirectory(directory);
  }
  async create(path: string): Promise<FileWriter> {
    return this.storeOf('create', path).create(path);
  }
  async createExclusive(path: string, bytes: Uint8Array): Promise<void> {
    return this.storeOf('createExclusive', path).createExclusive(path, bytes);
  }
  /** Within one store only. */
  async rename(from: string, to: string): Promise<void> {
    const store = this.storeOf('rename', from);
    if (store === this.storeOf('rename', to)) return store.rename(from, to);
    throw new FileStoreError('io', 'rename', from, new Error(`${to} lies in another store`));
  }
  async remove(path: string): Promise<void> {
    return this.storeOf('remove', path).remove(path);
  }
  async removeTree(directory: string): Promise<void> {
    return this.storeOf('removeTree', directory).removeTree(directory);
  }
  async syncDirectory(directory: string): Promise<void> {
    return this.storeOf('syncDirectory', directory).syncDirectory(directory);
  }
  absolutePath(path: string): string {
    return this.storeOf('name', path).absolutePath?.(path) ?? path;
  }

  private storeOf(operation: string, path: string): FileStore {
    const scheme = schemeOf(path);
    if (scheme === undefined) return this.plain;
    if (!Object.hasOwn(this.schemes, scheme)) {
      throw new FileStoreError('io', operation, path, new Error(`there is no store for ${scheme}://; there are: plain paths, ${Object.keys(this.schemes).map((it) => `${it}://`).join(', ')}`));
    }
    return this.schemes[scheme];
  }
}
