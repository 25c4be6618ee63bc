/** Lines of what a job has committed below a directory. Names that begin with `.` or `_` are in progress or are not data, by every convention. */
import { createReadStream, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isFileOfAnotherJob } from '@weir/connector-file';

export interface CommittedLinesOptions {
  readonly workingDirectory: string;
  readonly jobId: string;
  /** Told when files of other jobs were passed over: runs that this job does not know of left them there. */
  readonly passedOver: (files: number) => void;
}

export async function* readCommittedLines(directory: string, { workingDirectory, jobId, passedOver }: CommittedLinesOptions): AsyncGenerator<string> {
  const files = committedFiles(resolve(workingDirectory, directory));
  const own = files.filter(({ name }) => !isFileOfAnotherJob(name, jobId));
  if (own.length < files.length) passedOver(files.length - own.length);
  for (const { path } of own) yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}

interface CommittedFile {
  readonly name: string;
  readonly path: string;
}

function committedFiles(directory: string): CommittedFile[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !/^[._]/.test(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => (entry.isDirectory() ? committedFiles(join(directory, entry.name)) : [{ name: entry.name, path: join(directory, entry.name) }]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
