import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import type { JobEvent, JobResult, JobState, JobStatus } from '@weir/cluster';
import type { EmbeddedJobOptions, JobHandle } from '@weir/embedded';
import { CollectionSource, PrintSink, type Source } from '@weir/connector';
import type { JobProgram, OperatorSpec, StreamNode } from '@weir/graph';
import { ManualClock, SeededRandom } from '@weir/ports';
import { FileHighAvailability, LocalFileStore } from '@weir/storage-fs';
import { WatermarkStrategy } from '@weir/time';
import { LocalRunner, type LocalRun } from '../src/local-runner.js';

const node = (id: number, spec: OperatorSpec): StreamNode => ({
  id, name: spec.kind, uid: spec.kind, spec, parallelism: undefined, maxParallelism: undefined, slotSharingGroup: 'default', chaining: 'always',
  keySelectors: [], outputType: undefined,
});
const source = node(1, { kind: 'source', source: new CollectionSource([1, 2]) as unknown as Source<unknown>, watermarks: WatermarkStrategy.noWatermarks() });
const sink = node(2, { kind: 'sink', sink: new PrintSink<unknown>(() => undefined) });
const program: JobProgram = {
  jobName: 'orders',
  instantiate: () => ({
    jobName: 'orders', nodes: [source, sink],
    edges: [{ sourceId: 1, targetId: 2, inputIndex: 0, partitioner: { kind: 'forward' }, sideOutputId: undefined }],
  }),
};

/** A job that runs and ends when the test says so. */
class ScriptedJob implements JobHandle {
  private readonly listeners = new Set<(event: JobEvent) => void>();
  private state: JobState = 'created';
  private settle: (result: JobResult) => void = () => undefined;
  readonly result = new Promise<JobResult>((resolve) => {
    this.settle = resolve;
  });
  constructor(readonly options: EmbeddedJobOptions) {}

  get jobId() {
    return this.options.jobId;
  }
  status(): JobStatus {
    return { jobId: this.jobId, jobName: 'orders', state: this.state, startedAtMs: 0, vertices: [], checkpoints: { completed: 0, failed: 0, inProgress: 0 }, restarts: 0 };
  }
  onEvent(listener: (event: JobEvent) => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  savepoint(): Promise<string> {
    return Promise.reject(new Error('a scripted job takes no savepoints'));
  }
  cancel() {
    return this.end('canceled');
  }
  become(to: JobState) {
    const from = this.state;
    this.state = to;
    for (const listener of this.listeners) listener({ type: 'state', from, to });
  }
  end(state: JobResult['state']) {
    this.become(state);
    this.settle({ jobId: this.jobId, state, status: this.status(), durationMs: 1 });
  }
}

let folder: string;
let jobs: ScriptedJob[];
let refusal: Error | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-runner-'));
  jobs = [];
  refusal = undefined;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function runner(seed = 1): LocalRunner {
  const files = new LocalFileStore();
  return new LocalRunner({
    files,
    clock: new ManualClock(),
    random: new SeededRandom(seed),
    highAvailability: (directory) => new FileHighAvailability(files, directory),
    cluster: {
      submit: (_program, options) => {
        if (refusal !== undefined) throw refusal;
        const job = new ScriptedJob(options);
        jobs.push(job);
        return job;
      },
    },
  });
}

const configuration = () => Configuration.of({ 'execution.checkpointing.dir': folder }, 'program');
async function start(options: { resume?: boolean; seed?: number; parameters?: Record<string, unknown> } = {}): Promise<Extract<LocalRun, { kind: 'started' }>> {
  const run = await runner(options.seed).start(program, { configuration: configuration(), parameters: options.parameters ?? {}, resume: options.resume ?? false });
  if (run.kind !== 'started') throw new Error('the job had finished already');
  return run;
}
async function register(run: Extract<LocalRun, { kind: 'started' }>, status: 'running' | 'finished', checkpointId?: number): Promise<void> {
  const registers = new FileHighAvailability(new LocalFileStore(), run.history.registerDirectory);
  const version = (await registers.readRegister(run.history.jobId))?.version ?? 0;
  const last = checkpointId === undefined ? {} : { lastCompletedCheckpoint: { checkpointId, path: `chk-${checkpointId}-1` } };
  await registers.compareAndSetRegister(run.history.jobId, version, { epoch: 1, status, ...last });
}

describe('a fresh run', () => {
  it('given no earlier one / then it begins history 1 and says nothing', async () => {
    const run = await start();
    expect(run.history.number).toBe(1);
    expect(run.notes).toEqual([]);
    expect(jobs[0].options).toMatchObject({ start: 'fresh', earlierJobIds: [], checkpointDirectory: run.history.checkpointDirectory });
    jobs[0].end('finished');
    await run.result;
  });

  it('given earlier ones / then it names them all, and deletes their checkpoints only once it was accepted', async () => {
    const first = await start({ seed: 1 });
    jobs[0].end('finished');
    await first.result;
    refusal = new Error('the target cannot be written');
    await expect(start({ seed: 2 })).rejects.toThrow('the target cannot be written');
    expect(existsSync(first.history.checkpointDirectory)).toBe(true);
    refusal = undefined;

    const third = await start({ seed: 3 });
    expect(jobs[1].options.earlierJobIds).toHaveLength(2);
    expect(jobs[1].options.earlierJobIds[0]).toBe(first.history.jobId);
    expect(third.notes).toEqual(['history 3 of this job: it starts from the beginning and replaces the output of earlier runs']);
    jobs[1].end('finished');
    await third.result;
    expect(existsSync(first.history.checkpointDirectory)).toBe(false);
    expect(existsSync(first.history.registerDirectory)).toBe(false);
    expect(existsSync(third.history.checkpointDirectory)).toBe(true);

    const fourth = await start({ seed: 4 });
    expect(jobs[2].options.earlierJobIds).toHaveLength(3); // H2: known although their checkpoints are gone
    fourth.handle.cancel();
    await fourth.result;
  });

  it('given output of the same job with other parameters in its target / then that history can no longer be resumed before the first file goes', async () => {
    const first = await start({ seed: 1, parameters: { input: 'a' } });
    jobs[0].end('canceled');
    await first.result;
    const second = await start({ seed: 2, parameters: { input: 'b' } });
    expect(jobs[1].options.earlierJobIds).toEqual([first.history.jobId]);
    expect(existsSync(first.history.registerDirectory)).toBe(true);
    await jobs[1].options.replacing?.([first.history.jobId]);
    expect(existsSync(first.history.registerDirectory)).toBe(false);
    jobs[1].end('finished');
    await second.result;
  });

  it('given the same job with other parameters still at work on the target / then it is refused and keeps its output', async () => {
    const first = await start({ seed: 1, parameters: { input: 'a' } });
    const second = await start({ seed: 2, parameters: { input: 'b' } });
    await expect(jobs[1].options.replacing?.([first.history.jobId])).rejects.toMatchObject({ code: 'WEIR_JOB_ALREADY_RUNNING' });
    for (const job of jobs) job.end('finished');
    await Promise.all([first.result, second.result]);
  });

  it('with other parameters is another job', async () => {
    const first = await start({ parameters: { input: 'a' } });
    const other = await start({ seed: 2, parameters: { input: 'b' } });
    expect(other.history.number).toBe(1);
    for (const job of jobs) job.end('finished');
    await Promise.all([first.result, other.result]);
  });

  it('while another one of the same job is alive is refused', async () => {
    const run = await start();
    await expect(start({ seed: 2 })).rejects.toMatchObject({ code: 'WEIR_JOB_ALREADY_RUNNING' });
    jobs[0].end('finished');
    await run.result;
    const next = await start({ seed: 3 });
    jobs[1].end('finished');
    await next.result;
  });
});

describe('a run whose graph is wrong', () => {
  it('is refused before anything is written', async () => {
    const empty: JobProgram = { jobName: 'orders', instantiate: () => ({ jobName: 'orders', nodes: [], edges: [] }) };
    const refused = runner().start(empty, { configuration: configuration(), parameters: {}, resume: false });
    await expect(refused).rejects.toMatchObject({ code: 'WEIR_GRAPH_INVALID' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a resumed run', () => {
  it('given no earlier one / then it starts from the beginning and says so', async () => {
    const run = await start({ resume: true });
    expect(jobs[0].options.start).toBe('fresh');
    expect(run.notes).toEqual(['there is no earlier run to resume: the job starts from the beginning']);
  });

  it('given a completed checkpoint / then it goes on with the same history', async () => {
    const first = await start();
    await register(first, 'running', 4);
    jobs[0].end('canceled');
    await first.result;
    const run = await start({ resume: true, seed: 2 });
    expect(run.history).toEqual(first.history);
    expect(jobs[1].options).toMatchObject({ start: 'resume', jobId: first.history.jobId, earlierJobIds: [] });
    expect(run.notes).toEqual(['history 1 goes on from its last completed checkpoint']);
  });

  it('given that the latest history never completed a checkpoint / then it starts that one from the beginning and says so', async () => {
    const first = await start();
    await register(first, 'finished', 9);
    jobs[0].end('finished');
    await first.result;
    const second = await start({ seed: 2 });
    jobs[1].end('failed');
    await second.result;
    const run = await start({ resume: true, seed: 3 });
    expect(run.history).toEqual(second.history);
    expect(jobs[2].options).toMatchObject({ start: 'resume', earlierJobIds: [first.history.jobId] });
    expect(run.notes).toEqual(['history 2 completed no checkpoint: it starts from the beginning']);
  });

  it('given that the latest history finished / then there is nothing to do, and the lock is free again', async () => {
    const first = await start();
    await register(first, 'finished', 4);
    jobs[0].end('finished');
    await first.result;
    for (const seed of [2, 3]) {
      const run = await runner(seed).start(program, { configuration: configuration(), parameters: {}, resume: true });
      expect(run).toEqual({ kind: 'already-finished', history: first.history });
    }
    expect(jobs).toHaveLength(1);
  });
});
