/** Hands a job module to the cluster with the command line, as a user would. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../cluster/program.js';
import type { World } from '../workload.js';

export interface Submission {
  /** From the workspace's root. */
  readonly module: string;
  readonly parallelism: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly fromSavepoint?: string;
}

const LIMIT_MS = 40_000;

/** Resolves with the job's id. */
export async function submit({ cluster, directory }: World, submission: Submission): Promise<string> {
  const { module, parallelism, settings, parameters, fromSavepoint } = submission;
  const args = [
    join(cluster.program.entry), 'run', '--target', cluster.restUrls[0], '-d', '-p', String(parallelism), ...Object.entries(settings).flatMap(([key, value]) => ['-D', `${key}=${value}`]),
    ...(fromSavepoint === undefined ? [] : ['--from-savepoint', fromSavepoint]),
    join(root, module), '--', ...Object.entries(parameters).flatMap(([key, value]) => [`--${key}`, String(value)]),
  ];
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const { code, out, err } = await run(args, directory);
    if (code === 0) return out.trim();
    if (performance.now() > deadline) throw new Error(`the job was not taken: ${out}${err}`);
    await sleep(300); // the cluster comes up
  }
}

function run(args: readonly string[], directory: string): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
    child.once('error', reject).once('close', (code) => resolve({ code, out, err }));
  });
}
