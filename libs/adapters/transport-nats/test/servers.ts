/** Real nats-servers for the tests of this folder: each in a fresh directory, on a free port, gone afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWeirError } from '@weir/base';
import { RecordingLogger, SeededRandom, type Timers } from '@weir/ports';
import { findNatsServer, type NatsHost, type NatsServer, type NatsServerOptions, startNatsServer } from '@weir/transport-nats';

/** Fails, and says how to install one, when this machine has no server: these tests are worth nothing without. */
export function serverBinary(): string {
  try {
    return findNatsServer({ environment: process.env });
  } catch (error) {
    throw isWeirError(error) ? new Error(`${error.message}. ${error.hint}`, { cause: error }) : error;
  }
}

/** This machine's time and timers. Names of connections must differ between test runs that share nothing but luck: the seed is random. */
export function testHost(): NatsHost & { readonly logger: RecordingLogger } {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const timers: Timers = {
    after: (delayMs, callback) => {
      const handle = setTimeout(callback, Math.ceil(delayMs));
      return () => clearTimeout(handle);
    },
    defer: (callback) => void setImmediate(callback),
  };
  return { clock, timers, random: new SeededRandom(randomBytes(4).readUInt32LE()), logger: new RecordingLogger() };
}

/** Servers and what else must end with a test. */
export class TestResources {
  private readonly undo: (() => Promise<void> | void)[] = [];

  /** Runs at the end, last added first. */
  atEnd(work: () => Promise<void> | void): void {
    this.undo.push(work);
  }

  directory(): string {
    const path = mkdtempSync(join(tmpdir(), 'weir-nats-'));
    this.atEnd(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  async server(options: Partial<NatsServerOptions> = {}): Promise<NatsServer> {
    const server = await startNatsServer({ binary: serverBinary(), storeDirectory: options.storeDirectory ?? this.directory(), ...options });
    this.atEnd(() => server.stop());
    return server;
  }

  async end(): Promise<void> {
    for (const work of this.undo.splice(0).reverse()) await work();
  }
}

/** Ports that were free a moment ago: the servers of a cluster must know each other's before they start. */
export async function freePorts(count: number): Promise<number[]> {
  const listeners = await Promise.all(
    Array.from({ length: count }, async () => {
      const listener = createServer();
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      return listener;
    }),
  );
  const ports = listeners.map((listener) => (listener.address() as AddressInfo).port);
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  return ports;
}

/** Looks again until the condition holds. The limit is generous: it is no assertion about time. */
export async function until(condition: () => boolean | Promise<boolean>, what = 'the condition', limitMs = 30_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what} did not come true within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
