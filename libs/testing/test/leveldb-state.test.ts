/** Jobs whose state lies in LevelDB, with real files and the real runtime in one process. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Configuration, jobId, type JobId } from '@weir/base';
import type { JobResult } from '@weir/cluster';
import { CollectSink, DataGeneratorSource } from '@weir/connector';
import { EmbeddedCluster, type EmbeddedJobOptions, type JobHandle } from '@weir/embedded';
import { KeyedProcessFunction, type Collector, type KeyedProcessContext, type RuntimeContext } from '@weir/functions';
import type { JobProgram, OperatorSpec, StreamEdge, StreamNode } from '@weir/graph';
import { SystemClock, SystemRandom, SystemTimers } from '@weir/host-node';
import { InMemoryMeter, silentLogger } from '@weir/ports';
import { type ListState, type MapState, stateDescriptor, type ValueState } from '@weir/state';
import { leveldbStateBackend } from '@weir/state-leveldb';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { WatermarkStrategy } from '@weir/time';
import { InProcessTransport } from '@weir/transport-in-process';

const KEYS = 97;
const LAST = 5999;

interface Seen {
  readonly key: number;
  readonly count: number;
  readonly sum: number;
  /** In any order: sources run beside each other. */
  readonly values: readonly number[];
  readonly parities: readonly (readonly [string, number])[];
}

/** Counts, sums, remembers: a value, a list and a map per key, and what they say for each record. */
class Remember extends KeyedProcessFunction<number, number, Seen> {
  private sum!: ValueState<{ readonly sum: number; readonly padding: string }>;
  private list!: ListState<number>;
  private parities!: MapState<string, number>;
  constructor(private readonly onNumber: (value: number) => void) {
    super();
  }
  override open(context: RuntimeContext): void {
    this.sum = context.getState(stateDescriptor.value('sum'));
    this.list = context.getListState(stateDescriptor.list<number>('values'));
    this.parities = context.getMapState(stateDescriptor.map<string, number>('parities'));
  }
  override processElement(value: number, context: KeyedProcessContext<number>, out: Collector<Seen>): void {
    this.onNumber(value);
    const sum = (this.sum.value()?.sum ?? 0) + value;
    this.sum.update({ sum, padding: 'x'.repeat(100) });
    this.list.add(value);
    const parity = value % 2 === 0 ? 'even' : 'odd';
    this.parities.put(parity, (this.parities.get(parity) ?? 0) + 1);
    const parities = [...this.parities.entries()].sort();
    out.collect({ key: context.getCurrentKey(), sum, values: [...this.list.get()].sort((a, b) => a - b), parities, count: parities.reduce((total, [, n]) => total + n, 0) });
  }
}

function program(parallelism: number, sink: CollectSink<Seen>, recordsPerSecond: number, onNumber: (value: number) => void = () => undefined): JobProgram {
  const keySelector = (value: unknown): number => (value as number) % KEYS;
  return {
    jobName: 'remember',
    instantiate: () => {
      const specs: readonly (readonly [string, OperatorSpec])[] = [
        ['numbers', { kind: 'source', source: new DataGeneratorSource((index) => index, LAST + 1, { recordsPerSecond }), watermarks: WatermarkStrategy.noWatermarks() }],
        ['remember', { kind: 'keyed-process', fn: new Remember(onNumber) as never }],
        ['out', { kind: 'sink', sink }],
      ];
      const nodes = specs.map(([name, spec], i): StreamNode => ({
        id: i + 1, name, uid: name, spec, parallelism, maxParallelism: 32, slotSharingGroup: 'default', chaining: 'always',
        keySelectors: spec.kind === 'keyed-process' ? [keySelector] : [], outputType: undefined,
      }));
      const edge = (sourceId: number, partitioner: StreamEdge['partitioner']): StreamEdge => ({ sourceId, targetId: sourceId + 1, inputIndex: 0, partitioner, sideOutputId: undefined });
      return { jobName: 'remember', nodes, edges: [edge(1, { kind: 'hash', keySelector }), edge(2, { kind: 'forward' })] };
    },
  };
}

/** The last word on each key, by plain arithmetic. */
function expectedLast(): Map<number, Seen> {
  const seen = new Map<number, Seen>();
  for (let value = 0; value <= LAST; value++) {
    const key = value % KEYS;
    const before = seen.get(key) ?? { key, count: 0, sum: 0, values: [], parities: [] };
    const parities = new Map(before.parities);
    const parity = value % 2 === 0 ? 'even' : 'odd';
    parities.set(parity, (parities.get(parity) ?? 0) + 1);
    seen.set(key, { key, count: before.count + 1, sum: before.sum + value, values: [...before.values, value], parities: [...parities].sort() });
  }
  return seen;
}

describe('a job with its state in LevelDB', () => {
  let folder: string;
  let cluster: EmbeddedCluster;
  const files = new LocalFileStore();
  const id = (digit: number): JobId => jobId(String(digit).repeat(32));
  const working = (): string => join(folder, 'working');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-leveldb-'));
    await mkdir(working());
    const timers = new SystemTimers();
    cluster = new EmbeddedCluster({
      clock: new SystemClock(), timers, random: new SystemRandom(), logger: silentLogger, files, transport: new InProcessTransport(timers), meter: new InMemoryMeter(),
      stateBackends: [leveldbStateBackend],
    });
    await cluster.start();
  });
  afterEach(async () => {
    await cluster.close();
    expect(await readdir(working())).toEqual([]); // one folder per attempt, gone with it
    await rm(folder, { recursive: true, force: true });
  });

  const options = (job: JobId, backend: 'heap' | 'leveldb', over: Partial<EmbeddedJobOptions> = {}): EmbeddedJobOptions => ({
    jobId: job, checkpointDirectory: join(folder, 'checkpoints', job), highAvailability: new FileHighAvailability(files, join(folder, 'ha', job)), start: 'fresh', earlierJobIds: [],
    configuration: Configuration.of({
      'state.backend.type': backend, 'io.tmp.dirs': working(), 'state.backend.leveldb.cache-size': '8 kb', 'state.backend.leveldb.dirty-size': '4 kb',
      'state.backend.leveldb.write-buffer-size': '64 kb', 'execution.checkpointing.interval': '60 ms', 'execution.checkpointing.num-retained': '2',
      'restart-strategy.exponential-delay.initial-backoff': '10 ms',
    }, 'program'),
    ...over,
  });
  const from = (path: string): Partial<EmbeddedJobOptions> => ({ restoreFrom: { path, allowNonRestoredState: false } });
  const completed = (handle: JobHandle, count: number): Promise<void> => new Promise((resolve, reject) => {
    let left = count;
    handle.onEvent((event) => {
      if (event.type === 'checkpoint-completed' && --left === 0) resolve();
      if (event.type === 'state' && event.to === 'finished') reject(new Error(`the job ended ${left} checkpoints too early`));
    });
  });
  const finished = async (handle: JobHandle): Promise<JobResult> => {
    const result = await handle.result;
    expect({ state: result.state, failure: result.failure?.message }).toEqual({ state: 'finished', failure: undefined });
    return result;
  };
  const expectExact = (sink: CollectSink<Seen>, ids: readonly JobId[]): void => {
    const all = ids.flatMap((one): readonly Seen[] => sink.results(one));
    expect(all).toHaveLength(LAST + 1);
    const last = new Map<number, Seen>();
    for (const seen of all) if (seen.count >= (last.get(seen.key)?.count ?? 0)) last.set(seen.key, seen);
    expect(last).toEqual(expectedLast());
  };

  it('given a failure in the middle / then it goes on from its last checkpoint and its output is exact', async () => {
    const sink = new CollectSink<Seen>();
    let thrown = false;
    const handle = await cluster.submit(program(2, sink, 5000, (value) => {
      if (value < 3000 || thrown) return;
      thrown = true;
      throw new Error('a bad number');
    }), options(id(1), 'leveldb'));
    expect((await finished(handle)).status.restarts).toBe(1);
    expectExact(sink, [id(1)]);
  }, 60_000);

  it('given savepoints / then a job moves from heap to LevelDB and back, at another parallelism each time', async () => {
    const sink = new CollectSink<Seen>();
    const savepoints = join(folder, 'savepoints');
    const one = await cluster.submit(program(2, sink, 300), options(id(1), 'heap'));
    await completed(one, 1);
    const first = await one.savepoint({ targetDirectory: savepoints, then: 'suspend' });
    await finished(one);
    const two = await cluster.submit(program(3, sink, 300), options(id(2), 'leveldb', from(first)));
    await completed(two, 1);
    const second = await two.savepoint({ targetDirectory: savepoints, then: 'suspend' });
    await finished(two);
    expect(dirname(second)).toBe(savepoints);
    const three = await cluster.submit(program(1, sink, 100_000), options(id(3), 'heap', from(second)));
    await finished(three);
    expectExact(sink, [id(1), id(2), id(3)]);
    expect(sink.results(id(2)).length).toBeGreaterThan(0);
  }, 60_000);

  it('given a retained checkpoint in LevelDB files / then another job begins from it at another parallelism, and the heap backend refuses it by code', async () => {
    const sink = new CollectSink<Seen>();
    const one = await cluster.submit(program(3, sink, 300), options(id(1), 'leveldb'));
    await completed(one, 2);
    one.cancel();
    const { path } = (await one.result).status.checkpoints.last as { path: string };
    const heap = await cluster.submit(program(2, sink, 100_000), options(id(2), 'heap', from(path)));
    const refused = await heap.result;
    expect({ state: refused.state, code: refused.failure?.code }).toEqual({ state: 'failed', code: 'WEIR_STATE_FORMAT' });
    const two = await cluster.submit(program(2, sink, 100_000), options(id(3), 'leveldb', from(path)));
    await finished(two);
    expectExact(sink, [id(1), id(3)]);
  }, 60_000);

  it('given a process without the backend / then the job fails by code', async () => {
    const timers = new SystemTimers();
    const plain = new EmbeddedCluster({
      clock: new SystemClock(), timers, random: new SystemRandom(), logger: silentLogger, files, transport: new InProcessTransport(timers), meter: new InMemoryMeter(),
    });
    await plain.start();
    const handle = await plain.submit(program(1, new CollectSink<Seen>(), 1000), options(id(1), 'leveldb'));
    expect((await handle.result).failure?.code).toBe('WEIR_STATE_BACKEND_UNAVAILABLE');
    await plain.close();
  }, 30_000);
});
