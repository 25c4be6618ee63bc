/**
 * The log files in one folder.
 * L1. A name is one of the listing, and the listing holds regular files of this very folder: no link is followed, no folder entered.
 * L2. A file is read from its end, at most `maximumBytes`.
 */
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogFileInfo, LogFiles } from './log-files.js';

const DEFAULT_MAXIMUM_BYTES = 4 * 1024 * 1024;
const LOG_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,199}$/;

export class LogFolder implements LogFiles {
  constructor(private readonly folder: string, readonly mainFile?: string, private readonly maximumBytes = DEFAULT_MAXIMUM_BYTES) {}

  async list(): Promise<readonly LogFileInfo[]> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const names = entries.filter((entry) => entry.isFile() && LOG_NAME.test(entry.name)).map(({ name }) => name).sort(); // L1
    return Promise.all(names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(this.folder, name));
      return { name, sizeBytes: size, modifiedAtMs: Math.round(mtimeMs) };
    }));
  }

  async read(name: string): Promise<string | undefined> {
    if (!(await this.list()).some((file) => file.name === name)) return undefined; // L1
    const file = await open(join(this.folder, name), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, this.maximumBytes); // L2
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await file.read(buffer, 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
