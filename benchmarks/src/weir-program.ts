/**
 * The CLI as users have it, in processes of its own. Works on a copy of the bundle in a temporary folder, so that sources that change meanwhile change
 * nothing in the middle of a run; everything that jobs and clusters write lies there too.
 */
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The last line of `weir run --json`. */
export interface JobOutcome {
  readonly jobId: string;
  readonly state: string;
  readonly durationMs: number;
  readonly records: number;
  readonly failure?: unknown;
}

export class WeirProgram {
  /** Working directory of all commands. */
  readonly directory = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  private readonly entry: string;

  constructor() {
    execFileSync(process.execPath, [join(repository, 'apps/cli/bin/weir.mjs'), '--version'], { stdio: ['ignore', 'ignore', 'inherit'] }); // builds what is stale
    const bundle = join(this.directory, 'program/bundle');
    cpSync(join(repository, 'apps/cli/dist/bundle'), bundle, { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(this.directory, 'program/node_modules'));
    this.entry = join(bundle, 'weir.js');
  }

  /** What the command printed. Rejects when it ends with another code than 0. */
  async command(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [this.entry, ...args], { cwd: this.directory, maxBuffer: 64 << 20 });
    return stdout;
  }

  /** Runs a job to its end; throws unless it finishes. `module` is relative to `benchmarks/src`. */
  async runJob(module: string, options: readonly string[], parameters: Readonly<Record<string, string | number>>): Promise<JobOutcome> {
    const args = Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const output = await this.command('run', '--json', ...options, join(repository, 'benchmarks/src', module), '--', ...args);
    const outcome = JSON.parse(output.trim().split('\n').reverse().find((line) => line.includes('"type":"result"')) ?? '{}') as JobOutcome;
    if (outcome.state !== 'finished') throw new Error(`${module} ${outcome.state}: ${JSON.stringify(outcome.failure)}`);
    return outcome;
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
