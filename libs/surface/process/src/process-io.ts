/** What a process of a cluster may touch of its surroundings. Tests give their own. */
import { randomBytes } from 'node:crypto';

export interface ProcessIo {
  /** Relative paths of the configuration start here. */
  readonly workingDirectory: string;
  /** Takes one line of the log, with its line end. */
  writeLog(line: string): void;
  /** Called on Ctrl-C and SIGTERM; returns the end of the subscription. */
  onStop(listener: () => void): () => void;
  /** Absolute path of the module that a thread of this kind runs: `job-thread`, `slot-thread`. */
  threadEntry(name: string): string;
}

/** Documented in docs/cli.md. `failed`: a new process may mend it; `applicationFailed`: the job of a cluster of one job failed, and would again. */
export const ProcessExitCode = { ok: 0, failed: 1, applicationFailed: 3 } as const;

/** Settles when the process is asked to end. */
export function untilStopped(io: ProcessIo): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = io.onStop(() => {
      unsubscribe();
      resolve();
    });
  });
}

/** The configured name of a process, or one that no other process has. */
export function processName(configured: string, prefix: string): string {
  return configured === '' ? `${prefix}-${randomBytes(4).toString('hex')}` : configured;
}
