/**
 * The histories of one job in its folder:
 *
 *   <folder>/lock-<n>.json                          who runs it now
 *   <folder>/histories/<n>-<jobId>/history.json     what began when; stays for good
 *                                  /checkpoints/    deleted when a later history has begun
 *                                  /ha/             the register: epochs, last completed checkpoint, outcome; deleted likewise
 *
 * H1: a history is on disk, durably, before its job writes anything: whatever carries a jobId in its name can be traced to its history.
 * H2: `history.json` outlives checkpoints and register, so that every later run still knows which files were this history's.
 * H3: called under the folder's {@link JobLock}; the number is taken by exclusive creation all the same.
 */
import { jobId, type JobId } from '@weir/base';
import { baseName, joinPath, type FileStore } from '@weir/ports';
import { JobFolderDamagedError } from './errors.js';
import { isFolderOf, type JobParameters } from './job-key.js';

export interface JobHistory {
  /** From 1; rises with each fresh run. */
  readonly number: number;
  readonly jobId: JobId;
  readonly directory: string;
  readonly checkpointDirectory: string;
  readonly registerDirectory: string;
}

const DIRECTORY_NAME = /^(\d+)-([0-9a-f]{32})$/;

/** Folders below `root` of jobs with this name and other parameters: their output may lie where this job's goes. */
export async function foldersOfName(files: FileStore, root: string, jobName: string, except: string): Promise<string[]> {
  const folders = (await files.list(root)).filter(({ kind, name, path }) => kind === 'directory' && isFolderOf(name, jobName) && path !== except);
  return folders.map(({ path }) => path);
}

export class JobHistories {
  constructor(private readonly files: FileStore, private readonly folder: string) {}

  /** All histories that ever began here, oldest first. */
  async list(): Promise<JobHistory[]> {
    const histories: JobHistory[] = [];
    for (const entry of await this.files.list(this.root)) {
      const match = DIRECTORY_NAME.exec(baseName(entry.path));
      if (entry.kind !== 'directory' || match === null) continue;
      // A directory without history.json is the trace of a crash before H1 was done: nothing was written in its name.
      if ((await this.files.stat(joinPath(this.root, match[0], 'history.json'))) === undefined) continue;
      histories.push(this.at(Number(match[1]), jobId(match[2])));
    }
    return histories.sort((a, b) => a.number - b.number);
  }

  /** Begins the next history, durably (H1). */
  async begin(id: JobId, about: { readonly jobName: string; readonly parameters: JobParameters; readonly startedAtMs: number }): Promise<JobHistory> {
    await this.files.makeDirectory(this.root);
    const taken = (await this.files.list(this.root)).map((entry) => Number(DIRECTORY_NAME.exec(baseName(entry.path))?.[1] ?? 0));
    const history = this.at(Math.max(0, ...taken) + 1, id);
    await this.files.makeDirectory(history.directory);
    const text = JSON.stringify({ number: history.number, jobId: id, ...about }, undefined, 2);
    await this.files.createExclusive(joinPath(history.directory, 'history.json'), new TextEncoder().encode(`${text}\n`));
    await this.files.syncDirectory(this.root);
    await this.files.syncDirectory(this.folder);
    return history;
  }

  /** Deletes checkpoints and register of a history that another one has replaced (H2): it can no longer be resumed. May be repeated. */
  async discard(history: JobHistory): Promise<void> {
    await this.files.removeTree(history.checkpointDirectory);
    await this.files.removeTree(history.registerDirectory);
  }

  /** The readable record of a history. Throws `WEIR_JOB_FOLDER_DAMAGED`. */
  async describe(history: JobHistory): Promise<{ readonly jobName: string; readonly parameters: JobParameters; readonly startedAtMs: number }> {
    const path = joinPath(history.directory, 'history.json');
    try {
      return JSON.parse(new TextDecoder().decode(await this.files.read(path)));
    } catch (cause) {
      throw new JobFolderDamagedError(path, 'is not the record of a history', cause);
    }
  }

  private get root(): string {
    return joinPath(this.folder, 'histories');
  }

  private at(number: number, id: JobId): JobHistory {
    const directory = joinPath(this.root, `${number}-${id}`);
    return { number, jobId: id, directory, checkpointDirectory: joinPath(directory, 'checkpoints'), registerDirectory: joinPath(directory, 'ha') };
  }
}
