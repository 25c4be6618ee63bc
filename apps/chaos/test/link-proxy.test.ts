/** The proxy does to connections what its faults say. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LinkProxy } from '../src/cluster/link-proxy.js';

let server: Server;
let proxy: LinkProxy;
const accepted: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined).on('data', (chunk) => socket.write(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await LinkProxy.start((server.address() as { port: number }).port);
});
afterEach(async () => {
  await proxy.close();
  for (const it of accepted.splice(0)) it.destroy();
  server.close();
});

function open(): Socket {
  return connect(proxy.port, '127.0.0.1').on('error', () => undefined);
}

/** `once` would reject with the reset that is expected. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, 'data'))[0]);
}

it('given a healthy link / then what is sent comes back', async () => {
  const socket = open();
  expect(await echo(socket, 'hello')).toBe('hello');
  socket.destroy();
});

it('given a blackhole / when it is healed / then what was sent meanwhile arrives, and nothing before', async () => {
  const socket = open();
  await echo(socket, 'a');
  proxy.blackhole('out');
  const answers: string[] = [];
  socket.on('data', (chunk) => answers.push(String(chunk)));
  socket.write('b');
  const other = open(); // as well: the link, not the connection, is dead
  other.write('c');
  await once(other, 'connect');
  expect(answers).toEqual([]);
  const answered = once(socket, 'data');
  proxy.heal();
  await answered;
  expect(answers).toEqual(['b']);
  socket.destroy();
  other.destroy();
});

it('given a cut / then connections are reset and new ones refused until it is healed', async () => {
  const socket = open();
  await echo(socket, 'a');
  proxy.cut();
  await closed(socket);
  await closed(open());
  proxy.heal();
  const again = open();
  expect(await echo(again, 'b')).toBe('b');
  again.destroy();
});

it('given a delay / then bytes keep their order', async () => {
  proxy.slow(20);
  const socket = open();
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  for (let i = 0; i < 10; i++) socket.write(`${i}`);
  while (text.length < 10) await once(socket, 'data');
  expect(text).toBe('0123456789');
  socket.destroy();
});
