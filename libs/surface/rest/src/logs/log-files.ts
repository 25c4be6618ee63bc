/** The log files of one process, by name. */
export interface LogFileInfo {
  readonly name: string;
  readonly sizeBytes: number;
  /** Wall-clock milliseconds. */
  readonly modifiedAtMs: number;
}

/** Implementations answer only names that their own `list` holds, and never build a path from anything else. */
export interface LogFiles {
  list(): Promise<readonly LogFileInfo[]>;
  /** The last part of the file, at most some megabytes; undefined when there is no such file. */
  read(name: string): Promise<string | undefined>;
  /** The one that `/log` shows; undefined: the newest. */
  readonly mainFile?: string;
}

export const noLogFiles: LogFiles = { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) };
