/** A process that was started, however that was done. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface ProcessEnd {
  /** For people. */
  readonly how: string;
  /** Exit code; undefined when a signal ended it, or nobody knows. */
  readonly code?: number;
}

export interface LaunchedProcess {
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<ProcessEnd>;
  /** SIGTERM, and SIGKILL when it has not ended after `graceMs`. Resolves when it is gone; harmless when it is. */
  end(graceMs: number): Promise<void>;
}

export interface NodeProcessOptions {
  /** Behind `node`. */
  readonly args: readonly string[];
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/** In a process group of its own, so that Ctrl-C on the terminal reaches only whoever supervises it. Rejects when it cannot be started. */
export async function launchNode(options: NodeProcessOptions): Promise<LaunchedProcess> {
  const log = openSync(options.logFile, 'a');
  const child = spawn(process.execPath, options.args, {
    cwd: options.workingDirectory, env: options.environment as NodeJS.ProcessEnv, stdio: ['ignore', log, log], detached: true,
  });
  closeSync(log);
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve(code === null ? { how: `by ${signal}` } : { how: `with exit code ${code}`, code }));
  });
  const { pid } = child;
  if (pid === undefined) {
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  }
  return {
    pid, ended,
    end: async (graceMs) => {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(kill);
    },
  };
}
