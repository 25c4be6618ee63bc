/** A cluster of processes on this machine, as `weir cluster up` starts it; ended with `close`. */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WeirProgram } from './weir-program.js';

export interface ClusterProcess {
  readonly role: 'nats' | 'jobmanager' | 'taskmanager';
  readonly id: string;
  readonly pid: number;
}

export class LocalCluster {
  private constructor(private readonly program: WeirProgram, readonly rest: string, readonly processes: readonly ClusterProcess[], readonly startedInMs: number) {}

  static async start(program: WeirProgram, ...options: readonly string[]): Promise<LocalCluster> {
    const port = await freePort();
    const begun = performance.now();
    const { rest, processes } = JSON.parse(await program.command('cluster', 'up', '--json', '--port', String(port), ...options)) as {
      readonly rest: string; readonly processes: readonly ClusterProcess[];
    };
    return new LocalCluster(program, rest, processes, performance.now() - begun);
  }

  async close(): Promise<void> {
    await this.program.command('cluster', 'down');
  }

  /** Processes as they are now, with those that were started again. */
  async current(): Promise<readonly ClusterProcess[]> {
    const { processes } = JSON.parse(await statusOf(this.program)) as { readonly processes: readonly ClusterProcess[] };
    return processes;
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.rest}${path}`);
    if (!response.ok) throw new Error(`${path} is answered with ${response.status}`);
    return (await response.json()) as T;
  }

  /** Looks each few milliseconds until `look` gives something; resolves with milliseconds since `sinceMs` (of `performance.now()`). */
  async until(what: string, sinceMs: number, look: () => Promise<boolean>, limitMs = 30_000): Promise<number> {
    for (;;) {
      if (await look()) return performance.now() - sinceMs;
      if (performance.now() - sinceMs > limitMs) throw new Error(`${what} took longer than ${limitMs} ms`);
      await sleep(3);
    }
  }
}

/** Its exit code is 1 while a process is missing. */
function statusOf(program: WeirProgram): Promise<string> {
  return program.command('cluster', 'status', '--json').catch((error: { readonly stdout?: string }) => {
    if (error.stdout === undefined || error.stdout === '') throw error;
    return error.stdout;
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

