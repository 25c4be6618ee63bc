/** A local cluster of real processes, in a directory of its own. Whoever starts one must `end` it. */
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonEvents, runWeir, runWeirWell, WeirProcess } from './weir.js';

export interface ClusterProcess {
  readonly role: 'nats' | 'jobmanager' | 'taskmanager';
  readonly id: string;
  readonly pid: number;
  readonly rest?: string;
}

/** `weir cluster up --json`. */
interface ClusterDescription {
  readonly rest: string;
  readonly nats: string;
  readonly supervisor: number;
  readonly processes: readonly ClusterProcess[];
}

export class LocalCluster {
  private current: ClusterDescription | undefined;

  private constructor(private readonly directory: string, private readonly args: readonly string[]) {}

  static async start(directory: string, ...options: string[]): Promise<LocalCluster> {
    const cluster = new LocalCluster(directory, ['cluster', 'up', '--json', '--data', 'cluster', '--port', String(await freePort()), ...options]);
    await cluster.up();
    return cluster;
  }

  get description(): ClusterDescription {
    if (this.current === undefined) throw new Error('the cluster is not up');
    return this.current;
  }

  /** As it was started; also after everything of it was killed. */
  async up(): Promise<void> {
    this.current = JSON.parse((await runWeirWell(this.directory, this.args)).out) as ClusterDescription;
  }

  async down(): Promise<void> {
    await runWeirWell(this.directory, ['cluster', 'down', '--data', 'cluster']);
  }

  /** Harmless when it is down. */
  async end(): Promise<void> {
    await runWeir(this.directory, ['cluster', 'down', '--data', 'cluster']);
  }

  /** Waits until every process runs and the leader knows all TaskManagers; reads their ids anew. */
  async untilComplete(): Promise<void> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const { code, out, err } = await runWeir(this.directory, ['cluster', 'status', '--json', '--data', 'cluster']);
      if (code === 0) {
        const { processes } = JSON.parse(out) as { processes: (ClusterProcess & { readonly alive: boolean })[] };
        this.current = { ...this.description, processes: processes.filter(({ id }) => id !== 'supervisor') };
        return;
      }
      if (performance.now() > deadline) throw new Error(`the cluster is not complete: ${out}${err}`);
    }
  }

  pidOf(id: string): number {
    const found = this.description.processes.find((it) => it.id === id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found.pid;
  }

  /** `kill -9`. */
  kill(id: string): void {
    process.kill(this.pidOf(id), 'SIGKILL');
  }

  get pids(): number[] {
    return [this.description.supervisor, ...this.description.processes.map(({ pid }) => pid)];
  }

  /** Id of the JobManager that leads. */
  leader(): string {
    const granted = this.description.processes.filter(({ role }) => role === 'jobmanager').flatMap(({ id }) => {
      const times = [...this.log(id).matchAll(/^(\S+) INFO {2}leadership granted/gm)].map(([, at]) => at);
      return times.length === 0 ? [] : [{ id, at: times[times.length - 1] }];
    });
    const latest = granted.sort((a, b) => (a.at < b.at ? 1 : -1)).at(0);
    if (latest === undefined) throw new Error('nobody leads');
    return latest.id;
  }

  async cancelJobs(): Promise<void> {
    const { code, out } = await runWeir(this.directory, ['job', 'list', '--json', '--target', this.description.rest]);
    if (code !== 0) return;
    for (const { jobId, endedAtMs } of jsonEvents(out) as unknown as { jobId: string; endedAtMs: number }[]) {
      if (endedAtMs === 0) await runWeir(this.directory, ['job', 'cancel', jobId, '--target', this.description.rest]);
    }
  }

  log(id: string): string {
    return readFileSync(join(this.directory, 'cluster/logs', `${id}.log`), 'utf8');
  }

  /** Begins `weir run` on the cluster. */
  run(...args: string[]): WeirProcess {
    return new WeirProcess(this.directory, ['run', '--target', this.description.rest, ...args]);
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
  return !/^\S+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** True when somebody listens there. */
export async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
