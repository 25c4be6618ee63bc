/** Real threads: streams between them, and every way in which one may end. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Connection } from '@weir/ports';
import { type ThreadExit, WorkerThread, type WorkerThreadOptions } from '@weir/transport-worker';
import { HubRig, until } from './in-threads.js';
import type { Command } from './threads/agent.js';

const entry = new URL('./threads/agent.ts', import.meta.url);

class ThreadsRig extends HubRig {
  readonly threads: WorkerThread[] = [];
  readonly reports: { readonly node: string; readonly text: string }[] = [];
  control!: Connection;

  static async start(options: ConstructorParameters<typeof HubRig>[0] = {}): Promise<ThreadsRig> {
    const rig = new ThreadsRig(options);
    rig.control = await rig.hub.connect('main', 'control');
    rig.control.subscribe('main.report', (report) => rig.reports.push(report as { node: string; text: string }));
    return rig;
  }
  async agent(node: string, options: Partial<WorkerThreadOptions> = {}): Promise<WorkerThread> {
    const thread = new WorkerThread(this.hub, { name: node, entry, data: { node }, ...options });
    this.threads.push(thread);
    await thread.whenReady();
    return thread;
  }
  tell(node: string, command: Command): void {
    this.control.publish(`${node}.do`, command);
  }
  async reported(text: string, node?: string): Promise<void> {
    await until(() => this.reports.some((report) => report.text === text && (node === undefined || report.node === node)), 60_000);
  }
  async end(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
    this.close();
  }
}

let rig: ThreadsRig;
afterEach(() => rig.end());
const exitOf = (thread: WorkerThread): Promise<ThreadExit> => new Promise((resolve) => thread.onExit(resolve));

describe('worker threads', () => {
  it('given two threads that stream to each other at once, through small rings / then everything arrives whole and in order', async () => {
    rig = await ThreadsRig.start({ ringBytes: 16_384 });
    await Promise.all([rig.agent('a'), rig.agent('b')]);
    const count = 10_000;
    for (const [self, peer] of [['a', 'b'], ['b', 'a']]) rig.tell(self, { type: 'check', subject: `${self}.in.${peer}`, count });
    await rig.reported('checking', 'a');
    await rig.reported('checking', 'b');
    // 3 KB at most are whole in the ring, 40 KB travel in pieces.
    rig.tell('a', { type: 'stream', subject: 'b.in.a', count, maxBytes: 3000 });
    rig.tell('b', { type: 'stream', subject: 'a.in.b', count, maxBytes: 3000 });
    await rig.reported(`checked ${count}`, 'a');
    await rig.reported(`checked ${count}`, 'b');
    rig.tell('a', { type: 'check', subject: 'a.large', count: 200 });
    rig.tell('b', { type: 'stream', subject: 'a.large', count: 200, maxBytes: 40_000 });
    await rig.reported('checked 200', 'a');
    expect(rig.reports.filter(({ text }) => text.startsWith('found'))).toEqual([]);
  }, 90_000);

  it('given a thread that is terminated in the middle of a stream / then the reader has a prefix, and both ends go on with others', async () => {
    rig = await ThreadsRig.start({ ringBytes: 16_384 });
    const [writer] = await Promise.all([rig.agent('a'), rig.agent('b'), rig.agent('c')]);
    rig.tell('b', { type: 'check', subject: 'b.in', count: 10_000_000 });
    await rig.reported('checking', 'b');
    const data = await rig.hub.connect('main', 'data');
    let echoes = 0;
    data.subscribe('main.echo', () => echoes++);
    rig.tell('c', { type: 'echo', subject: 'c.in', to: 'main.echo' });
    await rig.reported('echoing', 'c');
    rig.tell('a', { type: 'stream', subject: 'b.in', count: 10_000_000, maxBytes: 2000 });
    // The middle of it: the stream has begun, and `c` answers meanwhile.
    data.publish('c.in', new Uint8Array(8));
    await until(() => echoes === 1);
    expect((await writer.terminate()).reason).toBe('terminated');
    expect([...rig.hub.nodes.keys()].sort()).toEqual(['b', 'c', 'main']);
    rig.tell('c', { type: 'stream', subject: 'b.second', count: 500, maxBytes: 500 });
    rig.tell('b', { type: 'check', subject: 'b.third', count: 500 });
    await until(() => rig.reports.filter(({ text }) => text === 'checking').length === 2);
    rig.tell('c', { type: 'stream', subject: 'b.third', count: 500, maxBytes: 500 });
    await rig.reported('checked 500', 'b');
    expect(rig.reports.filter(({ text }) => text.startsWith('found'))).toEqual([]);
  }, 90_000);

  it('given a thread in an endless loop / when it is terminated / then what waits for a receiver there hears that there is none', async () => {
    rig = await ThreadsRig.start();
    const thread = await rig.agent('a');
    rig.tell('a', { type: 'spin' });
    let none = 0;
    rig.control.publishExpectingReceiver('a.do', { type: 'exit', code: 1 }, () => none++);
    const data = await rig.hub.connect('main', 'data');
    data.publishExpectingReceiver('a.in', new Uint8Array(8), () => none++);
    await rig.control.flush();
    expect(none).toBe(0);
    await thread.terminate();
    await until(() => none === 2);
    rig.control.publishExpectingReceiver('a.do', { type: 'exit', code: 1 }, () => none++);
    await until(() => none === 3);
  }, 60_000);

  it('given a thread that ended / when another one takes its node / then messages find it, control and data', async () => {
    rig = await ThreadsRig.start();
    const data = await rig.hub.connect('main', 'data');
    let echoes = 0;
    data.subscribe('main.echo', () => echoes++);
    for (let life = 1; life <= 3; life++) {
      const thread = await rig.agent('a');
      rig.reports.length = 0;
      rig.tell('a', { type: 'echo', subject: 'a.in', to: 'main.echo' });
      await rig.reported('echoing');
      data.publish('a.in', new Uint8Array(8));
      await until(() => echoes === life);
      await thread.terminate();
    }
  }, 60_000);

  it.each<[Command, Partial<ThreadExit>]>([
    [{ type: 'throw', text: 'broken' }, { reason: 'failed', error: expect.objectContaining({ message: 'broken' }) as unknown as Error }],
    [{ type: 'exit', code: 3 }, { reason: 'exited', exitCode: 3 }],
    [{ type: 'allocate' }, { reason: 'out-of-memory' }],
  ])('given the command %j / then the thread ends, its reason is told, and the process lives', async (command, exit) => {
    rig = await ThreadsRig.start();
    const thread = await rig.agent('a', { resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 } });
    rig.tell('a', command);
    expect(await exitOf(thread)).toMatchObject(exit);
    expect(thread.hasEnded).toBe(true);
    expect(rig.hub.nodes.has('a')).toBe(false);
  }, 60_000);

  it('given a module that cannot start / then whenReady rejects with a code', async () => {
    rig = await ThreadsRig.start();
    const thread = new WorkerThread(rig.hub, { name: 'bad', entry: new URL('./threads/not-there.ts', import.meta.url), data: {} });
    rig.threads.push(thread);
    await expect(thread.whenReady()).rejects.toMatchObject({ code: 'WEIR_THREAD_START_FAILED' });
    expect(await exitOf(thread)).toMatchObject({ reason: 'failed' });
  }, 60_000);
});
