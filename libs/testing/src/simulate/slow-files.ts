/** A file store whose operations take as much longer as `delayMs` says at each. */
import type { FileStore, FileWriter, Timers } from '@weir/ports';

export function slowFiles(files: FileStore, timers: Timers, delayMs: () => number): FileStore {
  const slowly = async <T>(operation: () => Promise<T>): Promise<T> => {
    const ms = delayMs();
    if (ms > 0) await new Promise<void>((resolve) => void timers.after(ms, resolve));
    return operation();
  };
  const slowWriter = (writer: FileWriter): FileWriter => ({
    get sizeBytes() {
      return writer.sizeBytes;
    },
    write: (bytes) => slowly(() => writer.write(bytes)), sync: () => slowly(() => writer.sync()), close: () => writer.close(),
  });
  return {
    read: (path, offset, length) => slowly(() => files.read(path, offset, length)),
    stat: (path) => slowly(() => files.stat(path)),
    list: (directory) => slowly(() => files.list(directory)),
    makeDirectory: (directory) => slowly(() => files.makeDirectory(directory)),
    create: async (path) => slowWriter(await slowly(() => files.create(path))),
    createExclusive: (path, bytes) => slowly(() => files.createExclusive(path, bytes)),
    rename: (from, to) => slowly(() => files.rename(from, to)),
    remove: (path) => slowly(() => files.remove(path)),
    removeTree: (directory) => slowly(() => files.removeTree(directory)),
    syncDirectory: (directory) => slowly(() => files.syncDirectory(directory)),
  };
}
