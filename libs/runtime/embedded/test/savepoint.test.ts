/** Savepoints through the whole runtime, with real tasks, under virtual time. */
import { describe, expect, it } from '@jest/globals';
import { jobId, type JobId } from '@weir/base';
import { readMetadata } from '@weir/checkpoint';
import type { JobEvent } from '@weir/cluster';
import { type CollectCommittable, CollectSink, type SinkCommitter, type SinkContext } from '@weir/connector';
import { baseName, type FileStore, joinPath } from '@weir/ports';
import { SimulatedWorld } from '@weir/testing';
import type { EmbeddedCluster, EmbeddedJobOptions } from '../src/index.js';
import { type Entry, expectedTotals, ReduceJob, type ReduceJobOptions } from './support/reduce-job.js';
import { JOB, jobOptions, simulatedCluster } from './support/simulated-cluster.js';

const LAST = 1999;
/** Everything lies in files: nothing of the state is inlined in `_metadata`. */
const FILES = { 'execution.checkpointing.data-inline-threshold': '0 b', 'execution.checkpointing.interval': '300 ms' };

const job = (parallelism: number, over: Partial<ReduceJobOptions> = {}): ReduceJob => new ReduceJob({ parallelism, last: LAST, recordsPerSecond: 500, ...over });
const id = (digit: string): JobId => jobId(digit.repeat(32));

function newJob(world: SimulatedWorld, digit: string, path: string, values: Readonly<Record<string, string>> = FILES): EmbeddedJobOptions {
  return jobOptions(world, values, { jobId: id(digit), checkpointDirectory: `/checkpoints/${id(digit)}`, restoreFrom: { path, allowNonRestoredState: false } });
}

async function copyTree(files: FileStore, from: string, to: string): Promise<void> {
  await files.makeDirectory(to);
  for (const { name, path } of await files.list(from)) await files.createExclusive(joinPath(to, name), await files.read(path));
}

/** What several jobs have committed, one continuing the other: each record once, and the sums go through. */
function expectExact(first: ReduceJob, ids: readonly JobId[]): void {
  const entries = ids.flatMap((one): readonly Entry[] => first.sink.results(one));
  expect(entries).toHaveLength(LAST + 1);
  const totals: Record<string, number> = {};
  for (const { key, sum } of entries) totals[key] = Math.max(totals[key] ?? -1, sum);
  expect(totals).toEqual(expectedTotals(LAST));
}

async function runFor(world: SimulatedWorld, cluster: EmbeddedCluster, of: ReduceJob, options: EmbeddedJobOptions, checkpoints = 2) {
  const handle = await world.resolved(cluster.submit(of.program, options));
  const events: JobEvent[] = [];
  handle.onEvent((event) => events.push(event));
  await world.until(() => handle.status().checkpoints.completed >= checkpoints);
  return { handle, events };
}

/** Commits that fail as long as the test says so. */
class FlakySink extends CollectSink<Entry> {
  failures = 0;
  override createCommitter(context: SinkContext): SinkCommitter<CollectCommittable> {
    const inner = super.createCommitter(context);
    return {
      recover: (restored) => inner.recover(restored),
      close: () => inner.close(),
      commit: (committables) => (this.failures > 0 && this.failures-- > 0 ? Promise.reject(new Error('the target is away')) : inner.commit(committables)),
    };
  }
}

describe('savepoints', () => {
  it('given a task that fails after the savepoint that ends the job is complete / then it begins again from there only to commit, and the job finishes', async () => {
    const world = new SimulatedWorld({ seed: 'fails while stopping' });
    const cluster = await simulatedCluster(world);
    const sink = new FlakySink();
    const first = job(2, { sink });
    const { handle } = await runFor(world, cluster, first, jobOptions(world, { ...FILES, 'sink.committer.retries': '2', 'execution.checkpointing.interval': '0 ms' }), 0);
    await world.runFor(1000);
    sink.failures = 3;
    const path = await world.resolved(handle.savepoint({ targetDirectory: '/savepoints', then: 'suspend' }));
    const result = await world.resolved(handle.result);
    expect({ state: result.state, restarts: result.status.restarts, left: sink.failures }).toEqual({ state: 'finished', restarts: 1, left: 0 });
    expect(sink.results(JOB).length).toBeGreaterThan(100);
    const second = await world.resolved(cluster.submit(job(1, { sink }).program, newJob(world, '1', path)));
    expect((await world.resolved(second.result)).state).toBe('finished');
    expectExact(first, [JOB, id('1')]);
    await world.resolved(cluster.close());
  });

  it('given a job that is stopped with a savepoint at parallelism 2 / when new jobs continue at 3 and then at 1 / then each record is committed once and no sum is lost', async () => {
    const world = new SimulatedWorld({ seed: 'rescale by savepoints' });
    const cluster = await simulatedCluster(world);
    const first = job(2);
    const one = await runFor(world, cluster, first, jobOptions(world, FILES));
    const path = await world.resolved(one.handle.savepoint({ targetDirectory: '/savepoints', then: 'suspend' }));
    expect(path).toMatch(/^\/savepoints\/savepoint-012345-[0-9a-f]{12}$/);
    expect(one.events).toContainEqual({ type: 'state', from: 'running', to: 'finished' }); // not told before the job has ended behind it
    expect((await world.resolved(one.handle.result)).state).toBe('finished');
    expect(first.sink.results(JOB).length).toBeLessThan(LAST);

    const two = await runFor(world, cluster, job(3, { sink: first.sink }), newJob(world, '1', path));
    expect(two.events.find(({ type }) => type === 'restored')).toMatchObject({ path });
    const again = await world.resolved(two.handle.savepoint({ targetDirectory: '/savepoints', then: 'suspend' }));
    expect((await world.resolved(two.handle.result)).state).toBe('finished');

    const three = await world.resolved(cluster.submit(job(1, { sink: first.sink }).program, newJob(world, '2', again)));
    expect((await world.resolved(three.result)).state).toBe('finished');
    expectExact(first, [JOB, id('1'), id('2')]);
    await world.resolved(cluster.close());
    expect(cluster.counts()).toEqual({ actors: 0, timers: 0, subscriptions: 0, pendingAsks: 0, unacknowledged: 0 });
  });

  it('given a savepoint of a job that goes on / when it was moved and the checkpoints of the job are gone / then a job begins from it, and the first one ends as if nothing had been', async () => {
    const world = new SimulatedWorld({ seed: 'relocated' });
    const cluster = await simulatedCluster(world);
    const { files } = world.node('process');
    const first = job(2);
    const { handle } = await runFor(world, cluster, first, jobOptions(world, FILES));
    const path = await world.resolved(handle.savepoint({ targetDirectory: '/savepoints', then: 'none' }));
    expect(handle.status().state).toBe('running');
    const seen = first.sink.results(JOB).length;
    expect((await world.resolved(handle.result)).state).toBe('finished');
    expectExact(first, [JOB]);

    const metadata = await world.resolved(readMetadata(files, path));
    expect(metadata.kind).toBe('savepoint');
    const inFiles = metadata.subtasks.flatMap(({ state }) => (state?.kind === 'file' ? [state.path] : []));
    expect(inFiles.length).toBeGreaterThan(1);
    expect(inFiles.every((file) => file === baseName(file))).toBe(true);

    await world.resolved(copyTree(files, path, '/elsewhere/moved'));
    await world.resolved(files.removeTree(path));
    await world.resolved(files.removeTree('/checkpoints'));
    const second = await world.resolved(cluster.submit(job(1, { sink: first.sink }).program, newJob(world, '1', '/elsewhere/moved/')));
    expect((await world.resolved(second.result)).state).toBe('finished');
    expect(first.sink.results(id('1')).length).toBeLessThanOrEqual(LAST + 1 - seen);
    const totals = Math.max(...first.sink.results(id('1')).filter(({ key }) => key === 'k0').map(({ sum }) => sum));
    expect(totals).toBe(expectedTotals(LAST).k0);
    await world.resolved(cluster.close());
  });

  it('given a drained job / then all it had read is committed, it has finished, and a job that begins from the savepoint finishes without a record', async () => {
    const world = new SimulatedWorld({ seed: 'drained' });
    const cluster = await simulatedCluster(world);
    const first = job(2);
    const { handle } = await runFor(world, cluster, first, jobOptions(world, { ...FILES, 'execution.checkpointing.interval': '0 ms' }), 0);
    await world.runFor(1000);
    const path = await world.resolved(handle.savepoint({ targetDirectory: '/savepoints', then: 'drain' }));
    const result = await world.resolved(handle.result);
    expect({ state: result.state, failure: result.failure?.message }).toEqual({ state: 'finished', failure: undefined });
    const read = first.sink.results(JOB).length;
    expect(read).toBeGreaterThan(100);
    expect(read).toBeLessThan(LAST);
    const second = await world.resolved(cluster.submit(job(2, { sink: first.sink }).program, newJob(world, '1', path)));
    expect((await world.resolved(second.result)).state).toBe('finished');
    expect(first.sink.results(id('1'))).toHaveLength(0);
    await world.resolved(cluster.close());
  });

  it('given a target that cannot be written / when a job is to be stopped / then the savepoint fails by its path and the job goes on to its end', async () => {
    for (const then of ['suspend', 'drain', 'cancel', 'none'] as const) {
      const world = new SimulatedWorld({ seed: `unwritable ${then}` });
      const cluster = await simulatedCluster(world);
      const { files } = world.node('process');
      await world.resolved(files.makeDirectory('/taken'));
      await world.resolved(files.createExclusive('/taken/file', new Uint8Array(1)));
      const first = job(2);
      const { handle } = await runFor(world, cluster, first, jobOptions(world, { ...FILES, 'restart-strategy.exponential-delay.initial-backoff': '10 ms' }));
      await expect(world.resolved(handle.savepoint({ targetDirectory: '/taken/file', then }))).rejects.toMatchObject({ code: 'WEIR_FILE_NOT_A_DIRECTORY' });
      const result = await world.resolved(handle.result);
      expect({ then, state: result.state, restarts: result.status.restarts }).toEqual({ then, state: 'finished', restarts: then === 'drain' ? 1 : 0 });
      expectExact(first, [JOB]);
      await world.resolved(cluster.close());
    }
  });

  it('given a savepoint with a damaged or missing file / when a job is to begin from it / then it is refused by the name of the file, before any record', async () => {
    const world = new SimulatedWorld({ seed: 'damaged savepoint' });
    const cluster = await simulatedCluster(world);
    const { files } = world.node('process');
    const first = job(2);
    const { handle } = await runFor(world, cluster, first, jobOptions(world, FILES));
    const path = await world.resolved(handle.savepoint({ targetDirectory: '/savepoints', then: 'cancel' }));
    expect((await world.resolved(handle.result)).state).toBe('canceled');
    let digit = 1;
    for (const { name } of await world.resolved(files.list(path))) {
      for (const damage of ['flipped', 'cut', 'missing'] as const) {
        const copy = `/damaged/${name}-${damage}`;
        await world.resolved(copyTree(files, path, copy));
        const file = joinPath(copy, name);
        const bytes = await world.resolved(files.read(file));
        await world.resolved(files.remove(file));
        if (damage !== 'missing') {
          const wrong = damage === 'cut' ? bytes.slice(0, -1) : bytes.slice();
          wrong[wrong.length >> 1] ^= damage === 'flipped' ? 1 : 0;
          await world.resolved(files.createExclusive(file, wrong));
        }
        const next = job(2);
        const submitted = world.resolved(cluster.submit(next.program, newJob(world, (digit++).toString(16).slice(-1), copy)));
        await expect(submitted).rejects.toMatchObject({ message: expect.stringContaining(file) });
        expect(next.sink.results()).toHaveLength(0);
      }
    }
    expect(digit).toBeGreaterThan(6);
    await world.resolved(cluster.close());
  });

  it('given a retained checkpoint of another job / then a job begins from it, and a trigger id that is asked twice is one savepoint', async () => {
    const world = new SimulatedWorld({ seed: 'retained' });
    const cluster = await simulatedCluster(world);
    const first = job(2);
    const { handle } = await runFor(world, cluster, first, jobOptions(world, FILES));
    const path = (await world.resolved(handle.savepoint({ triggerId: 'a', targetDirectory: '/savepoints', then: 'none' })));
    expect(await world.resolved(handle.savepoint({ triggerId: 'a', targetDirectory: '/savepoints', then: 'none' }))).toBe(path);
    expect(await world.resolved(world.node('process').files.list('/savepoints'))).toHaveLength(1);
    handle.cancel();
    const ended = await world.resolved(handle.result);
    const retained = ended.status.checkpoints.last?.path as string;
    const second = await world.resolved(cluster.submit(job(3, { sink: first.sink }).program, newJob(world, '1', retained)));
    expect((await world.resolved(second.result)).state).toBe('finished');
    expectExact(first, [JOB, id('1')]);
    await expect(world.resolved(handle.savepoint({ then: 'none' }))).rejects.toBeDefined();
    await world.resolved(cluster.close());
  });

  it('given a job that begins from a savepoint / when it fails before its first checkpoint / then it begins from the savepoint again', async () => {
    const world = new SimulatedWorld({ seed: 'fails early' });
    const cluster = await simulatedCluster(world);
    const first = job(2);
    const { handle } = await runFor(world, cluster, first, jobOptions(world, FILES));
    const path = await world.resolved(handle.savepoint({ targetDirectory: '/savepoints', then: 'suspend' }));
    await world.resolved(handle.result);
    let failures = 0;
    const next = job(2, { sink: first.sink, onNumber: (value) => {
      if (value > 1500 && failures++ === 0) throw new Error('early');
    } });
    const second = await world.resolved(cluster.submit(next.program, newJob(world, '1', path, { ...FILES, 'execution.checkpointing.interval': '60 s' })));
    const result = await world.resolved(second.result);
    expect({ state: result.state, restarts: result.status.restarts }).toEqual({ state: 'finished', restarts: 1 });
    expectExact(first, [JOB, id('1')]);
    await world.resolved(cluster.close());
  });
});
