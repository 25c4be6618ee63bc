/** TCP ports of this machine. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { PortTakenError } from '../errors.js';

/** Throws `WEIR_PORT_TAKEN` when somebody listens there. */
export async function requireFree(port: number, address: string): Promise<void> {
  if (!(await isFree(port, address))) throw new PortTakenError(port, address);
}

/** `count` free ports from `first` up, without those in `taken`. */
export async function freePortsFrom(first: number, count: number, address: string): Promise<number[]> {
  const ports: number[] = [];
  for (let port = first; ports.length < count; port++) {
    if (port > 65_535) throw new PortTakenError(first, address);
    if (await isFree(port, address)) ports.push(port);
  }
  return ports;
}

/** A port that nobody uses right now. */
export async function anyFreePort(address: string): Promise<number> {
  const server = createServer();
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const CONNECT_LIMIT_MS = 2000;
const NATS_PORT = 4222;

/** Does one of these NATS servers take connections? What cannot be read as an address is left to NATS to refuse. */
export async function anyListens(servers: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(servers.map(async (server) => {
    const address = server.trim();
    const url = URL.parse(address.includes('://') ? address : `nats://${address}`);
    return url === null || (await takesConnections(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || NATS_PORT)));
  }));
  return answers.includes(true);
}

async function takesConnections(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: CONNECT_LIMIT_MS });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('timeout', () => resolve(false)).once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}

async function isFree(port: number, address: string): Promise<boolean> {
  const server = createServer();
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
