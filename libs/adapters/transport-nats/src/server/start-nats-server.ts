/**
 * A nats-server of our own, for tests and for a local cluster: JetStream on disk, one host, a free port unless one is asked for. It runs
 * as a child of this process and is known by its pid; who starts it stops it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { toError } from '@weir/base';
import { NatsServerFailedError, NatsVersionError } from '../errors.js';
import { isAtLeast, OLDEST_SERVER } from '../nats-version.js';

export interface NatsServerOptions {
  /** Path of the binary; see `findNatsServer`. */
  readonly binary: string;
  /** Everything the server writes: its configuration, its log, and JetStream's files, which survive a restart. */
  readonly storeDirectory: string;
  /** Default: a free port of the server's choice. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Who may connect. Default: everybody who reaches the host and port. */
  readonly authorization?: { readonly token: string } | { readonly user: string; readonly password: string };
  /** Lines of configuration to add or to override; for tests and unusual needs. */
  readonly extraConfiguration?: readonly string[];
  /** In a process group of its own, so that Ctrl-C on the terminal does not reach it. Default false. */
  readonly detached?: boolean;
  /** How long it may take to be ready, milliseconds. Default 20 000. */
  readonly startTimeoutMs?: number;
}

export interface NatsServer {
  readonly pid: number;
  readonly port: number;
  /** `nats://host:port`. */
  readonly url: string;
  readonly version: string;
  readonly logFile: string;
  /** Resolves with a sentence when the process has ended, for whatever reason. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL when it has not ended after 5 s. May be called again, and after it has ended. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

const STOP_PATIENCE_MS = 5_000;
const LOOK_AGAIN_MS = 10;
const CHUNK_OF_LOG = 2_000;

/** Resolves when the server takes connections. Fails with `WEIR_NATS_SERVER_FAILED` or `WEIR_NATS_VERSION`. */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { binary } = options;
  const version = await versionOf(binary);
  const store = resolve(options.storeDirectory);
  const logFile = join(store, 'nats-server.log');
  const configuration = join(store, 'nats-server.conf');
  await mkdir(store, { recursive: true, mode: 0o700 });
  await removePortsFiles(store);
  await writeFile(configuration, configurationText(options, store, version), { mode: 0o600 });
  const log = await open(logFile, 'w', 0o600); // for what it says before it opens its log itself
  const child = spawn(binary, ['--config', configuration], { stdio: ['ignore', log.fd, log.fd], detached: options.detached ?? false });
  const running = new RunningServer(child);
  await log.close();
  try {
    await running.spawned;
    const port = await readyPort(running, store, options.startTimeoutMs ?? 20_000);
    const pid = child.pid as number;
    const host = options.host ?? '127.0.0.1';
    return {
      pid,
      port,
      url: `nats://${host.includes(':') ? `[${host}]` : host}:${port}`,
      version,
      logFile,
      ended: running.ended,
      stop: () => running.end('SIGTERM'),
      kill: () => running.end('SIGKILL'),
    };
  } catch (error) {
    await running.end('SIGKILL');
    throw new NatsServerFailedError(binary, toError(error).message, await lastLines(logFile), error);
  }
}

class RunningServer {
  readonly spawned: Promise<void>;
  readonly ended: Promise<string>;
  hasEnded: string | undefined;

  constructor(private readonly child: ChildProcess) {
    this.spawned = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    this.ended = new Promise((resolve) => {
      const end = (text: string): void => {
        this.hasEnded = text;
        resolve(text);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`));
    });
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.hasEnded !== undefined) return;
    this.child.kill(signal);
    const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await this.ended;
    clearTimeout(patience);
  }
}

/**
 * Nothing but what differs from the server's defaults, with the reason. Its `max_payload` of 1 MiB stays: throughput is best at 4 to 24
 * KiB and falls above (half at 64 KiB), long messages are cut anyway, and so users' own servers need no setting. No monitoring port: it
 * would show the cluster to everybody.
 */
function configurationText(options: NatsServerOptions, store: string, version: string): string {
  const { authorization } = options;
  const lines = [
    `listen: ${quoted(`${options.host ?? '127.0.0.1'}:${options.port ?? -1}`)}`,
    `ports_file_dir: ${quoted(store)}`,
    `log_file: ${quoted(join(store, 'nats-server.log'))}`,
    // An acknowledged leader record is on disk. 2.9 has no such setting and syncs every 2 minutes.
    `jetstream { store_dir: ${quoted(store)}${isAtLeast(version, '2.10.0') ? ', sync_interval: always' : ''} }`,
    // A reader that stands still is cut after this; until then it stalls whoever publishes to it on 2.9.
    'write_deadline: "10s"',
    // A host that vanished without a word is forgotten after 10 to 15 s instead of minutes, and its nodes have no receiver then.
    'ping_interval: "5s"',
    'ping_max: 2',
    ...(authorization === undefined
      ? []
      : 'token' in authorization
        ? [`authorization { token: ${quoted(authorization.token)} }`]
        : [`authorization { user: ${quoted(authorization.user)}, password: ${quoted(authorization.password)} }`]),
    ...(options.extraConfiguration ?? []),
  ];
  return `${lines.join('\n')}\n`;
}

/** A string of the server's configuration language. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

async function versionOf(binary: string): Promise<string> {
  let output: string;
  try {
    output = (await promisify(execFile)(binary, ['--version'])).stdout;
  } catch (error) {
    throw new NatsServerFailedError(binary, 'it cannot be run', toError(error).message, error);
  }
  const version = /v?(\d+\.\d+\.\d+)/.exec(output)?.[1] ?? 'unknown';
  if (!isAtLeast(version, OLDEST_SERVER)) throw new NatsVersionError(binary, version, OLDEST_SERVER);
  return version;
}

/** The server writes a file with its ports when it is ready: free ports without a race, and no port to guess. */
async function readyPort(running: RunningServer, store: string, timeoutMs: number): Promise<number> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (running.hasEnded !== undefined) throw new Error(running.hasEnded);
    const file = (await readdir(store)).find(isPortsFile);
    const port = file === undefined ? undefined : portOf(await readFile(join(store, file), 'utf8'));
    if (port !== undefined) return port;
    if (performance.now() > end) throw new Error(`it was not ready after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function portOf(text: string): number | undefined {
  const port = /"nats:\/\/[^"]*:(\d+)"/.exec(text)?.[1];
  return port === undefined || !text.trimEnd().endsWith('}') ? undefined : Number(port);
}

function isPortsFile(name: string): boolean {
  return name.endsWith('.ports');
}

async function removePortsFiles(store: string): Promise<void> {
  for (const name of await readdir(store)) if (isPortsFile(name)) await rm(join(store, name), { force: true });
}

async function lastLines(logFile: string): Promise<string> {
  try {
    return (await readFile(logFile, 'utf8')).slice(-CHUNK_OF_LOG).trimEnd();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
