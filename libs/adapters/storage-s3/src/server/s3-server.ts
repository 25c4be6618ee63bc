/** A real S3 server on this machine, for tests and trials: moto (in memory) or versitygw (files, survives a kill). Whoever starts one must `close` it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { S3Settings } from '../s3-options.js';

export type S3ServerName = 'moto' | 'versitygw';

const PROGRAMS: Readonly<Record<S3ServerName, string>> = { moto: 'moto_server', versitygw: 'versitygw' };
const CREDENTIALS = { accessKeyId: 'weir-test', secretAccessKey: 'weir-test-secret' };
const READY_LIMIT_MS = 60_000;
const POLL_MS = 50;

/** Where `tools/scripts/s3-servers.mjs --install` puts them: `.cache/s3` of the workspace that this file is in. */
const workspaceFolder = fileURLToPath(new URL('../../../../../.cache/s3', import.meta.url));

/** The program's path, or undefined where it is not installed: in the workspace, or on `PATH`. */
export function findS3Server(name: S3ServerName): string | undefined {
  const folders = [join(workspaceFolder, 'bin'), join(workspaceFolder, 'moto/bin'), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, PROGRAMS[name])).find((path) => existsSync(path));
}

export class S3Server {
  readonly bucket = 'weir-tests';
  readonly settings: Required<S3Settings>;
  private readonly directory = mkdtempSync(join(tmpdir(), 'weir-s3-'));
  private child: ChildProcess | undefined;

  private constructor(private readonly name: S3ServerName, private readonly program: string, private readonly port: number) {
    this.settings = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', pathStyleAccess: true, credentials: CREDENTIALS };
  }

  static async start(name: S3ServerName, program: string): Promise<S3Server> {
    const server = new S3Server(name, program, await freePort());
    await server.run();
    return server;
  }

  /** Starts it, again after `kill`; what versitygw had stored is there again. */
  async run(): Promise<void> {
    const buckets = join(this.directory, 'buckets');
    mkdirSync(join(buckets, this.bucket), { recursive: true });
    const args = this.name === 'moto' ? ['-H', '127.0.0.1', '-p', String(this.port)] : ['--port', `127.0.0.1:${this.port}`, 'posix', buckets];
    const env = { ...process.env, ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey };
    this.child = spawn(this.program, args, { stdio: 'ignore', env, detached: true });
    await this.untilReady();
    if (this.name === 'moto') await fetch(`${this.settings.endpoint}/${this.bucket}`, { method: 'PUT' });
  }

  /** kill -9 of the server and of what it has started. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    for (const end = Date.now() + READY_LIMIT_MS; Date.now() < end;) {
      if (await answers(`${this.settings.endpoint}/`)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${this.name} did not answer within ${READY_LIMIT_MS} ms`);
  }
}

const answers = (url: string): Promise<boolean> => fetch(url).then(() => true, () => false);

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
