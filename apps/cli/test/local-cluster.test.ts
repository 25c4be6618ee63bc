/** The parts of a local cluster that decide; the whole is tested in apps/acceptance. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { identityOf, isAlive, SystemClock, SystemTimers } from '@weir/host-node';
import { endProcesses, MARK, markedProcesses } from '../src/cluster/end-processes.js';
import { anyFreePort, anyListens, freePortsFrom, requireFree } from '../src/cluster/ports.js';
import { RestartDelay } from '../src/cluster/restart-delay.js';

const host = { clock: new SystemClock(), timers: new SystemTimers() };
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that lives until it is ended; `stubborn`: SIGTERM does not end it. */
async function startProcess({ mark = '', stubborn = false } = {}): Promise<number> {
  const code = `${stubborn ? "process.on('SIGTERM', () => undefined);" : ''} setInterval(() => undefined, 1000); process.stdout.write('x');`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_OPTIONS: '', [MARK]: mark } });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child.pid as number;
}

describe('the delay before a process is started again', () => {
  it('is nothing at first, grows while it keeps dying young, and is nothing again after a good life', () => {
    const delay = new RestartDelay();
    expect([10, 10, 10, 10, 10, 10, 10, 10, 10].map((lived) => delay.next(lived))).toEqual([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(delay.next(60_000)).toBe(0);
    expect(delay.next(10)).toBe(100);
  });
});

describe('ending the processes of a cluster', () => {
  it('ends those that are asked, and by force those that do not listen', async () => {
    const identities = [identityOf(await startProcess()), identityOf(await startProcess({ stubborn: true }))];
    await endProcesses(identities, 100, host);
    expect(identities.map(isAlive)).toEqual([false, false]);
  });

  it('never touches a process that only has the number of a recorded one', async () => {
    const pid = await startProcess();
    await endProcesses([{ ...identityOf(pid), started: 'another boot/1' }], 100, host);
    expect(isAlive(identityOf(pid))).toBe(true);
  });

  it('finds processes by the mark of their directory, whoever started them', async () => {
    const [mine] = [await startProcess({ mark: '/some/cluster' }), await startProcess({ mark: '/some/cluster-2' }), await startProcess()];
    expect(markedProcesses('/some/cluster').map(({ pid }) => pid)).toEqual([mine]);
  });
});

describe('ports', () => {
  it('given one that is taken / then it is refused by name, and passed over where any will do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(requireFree(port, '127.0.0.1')).rejects.toMatchObject({ code: 'WEIR_PORT_TAKEN' });
    expect(await freePortsFrom(port, 1, '127.0.0.1')).not.toContain(port);
    server.close();
    await once(server, 'close');
    await requireFree(port, '127.0.0.1');
  });

  it('given addresses of NATS servers / then one that takes connections is enough', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const nobody = `nats://127.0.0.1:${await anyFreePort('127.0.0.1')}`;
    for (const somebody of [`nats://user:secret@127.0.0.1:${port}`, `127.0.0.1:${port}`, `tls://localhost:${port}`]) expect(await anyListens([nobody, somebody])).toBe(true);
    expect(await anyListens([nobody])).toBe(false);
    server.close();
    await once(server, 'close');
  });
});
