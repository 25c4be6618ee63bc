/** Lines of a directory's committed files. Names that begin with `.` or `_` are in progress or are not data, by every convention. */
import { createReadStream, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export async function* readCommittedLines(directory: string, workingDirectory: string): AsyncGenerator<string> {
  for (const path of committedFiles(resolve(workingDirectory, directory))) {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  }
}

function committedFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !/^[._]/.test(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => (entry.isDirectory() ? committedFiles(join(directory, entry.name)) : [join(directory, entry.name)]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
