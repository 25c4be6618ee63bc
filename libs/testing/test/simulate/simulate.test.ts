/** What `simulate` must find, and what it must let pass. */
import { describe, expect, it } from '@jest/globals';
import { CollectionSource, CollectSink, type Collector, DataGeneratorSource, defineJob, type JobDefinition, WatermarkStrategy } from '@weir/datastream';
import { simulate, SimulationFailedError, type SimulationFailure } from '../../src/index.js';
import closureCounter from './jobs/closure-counter.js';
import forgottenState from './jobs/forgotten-state.js';
import randomKey from './jobs/random-key.js';
import visitsWrong from './jobs/visits-wrong.js';
import wallClockTimer from './jobs/wall-clock-timer.js';

const TIME_LIMIT_MS = 300_000;

async function firstFailure(job: JobDefinition): Promise<SimulationFailure> {
  const error: unknown = await simulate(job, { seeds: 50, shrinkMs: 2000 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SimulationFailedError);
  return (error as SimulationFailedError).failures[0];
}

describe('a job with a bug', () => {
  it('given a key that is drawn / then the keyed operator is guilty', async () => {
    expect((await firstFailure(randomKey)).divergence).toMatchObject({ operator: 'totals', kind: 'key' });
  }, TIME_LIMIT_MS);

  it('given a counter beside the stream / then the operator that counts is guilty, and not the one before it', async () => {
    expect((await firstFailure(closureCounter)).divergence).toMatchObject({ operator: 'numbering', kind: 'different' });
  }, TIME_LIMIT_MS);

  it('given state in a field / then its operator is guilty, its key is named, and only a fault shows it', async () => {
    const { divergence, faults } = await firstFailure(forgottenState);
    expect(divergence).toMatchObject({ operator: 'totals', kind: 'different', key: expect.stringMatching(/^"(ada|bob|cy|dee)"$/) });
    expect(divergence?.expected).not.toBe(divergence?.actual);
    expect(faults.length).toBeGreaterThan(0); // one after which the job goes on from a snapshot: a crash, a restart, or a stop with savepoint
  }, TIME_LIMIT_MS);

  it('given a timer set by the wall clock / then its operator is guilty', async () => {
    expect((await firstFailure(wallClockTimer)).divergence).toMatchObject({ operator: 'reminders' });
  }, TIME_LIMIT_MS);

  it('given state in a module variable / then its operator is guilty', async () => {
    expect((await firstFailure(visitsWrong)).divergence).toMatchObject({ operator: 'greeting', kind: 'different' });
  }, TIME_LIMIT_MS);

  it('given a record that is changed after it was emitted / then the operator that changed it is guilty', async () => {
    interface Counted { n: number }
    const job = defineJob('changes records', (env) => {
      env.fromSource(new CollectionSource([1, 2, 3, 4]), WatermarkStrategy.noWatermarks<number>(), 'numbers').uid('numbers')
        .map((n): Counted => ({ n })).name('objects')
        .map((counted) => { counted.n += 1; return counted; }).name('changes')
        .sinkTo(new CollectSink<Counted>()).uid('out');
    });
    expect((await firstFailure(job)).divergence).toMatchObject({ operator: 'changes', kind: 'changed' });
  }, TIME_LIMIT_MS);
});

describe('the message of a failure', () => {
  it('names seed, faults, operator, record and the way to see it again', async () => {
    const error = (await simulate(forgottenState, { seeds: 50, shrinkMs: 2000, commit: 'abc123', replay: (seed) => `see ${seed}` }).catch((thrown: unknown) => thrown)) as SimulationFailedError;
    const { seed, traceHash } = error.failures[0];
    expect(error.code).toBe('WEIR_SIMULATION_FAILED');
    for (const part of [`seed      ${seed} at abc123, trace ${traceHash}`, 'faults', 'guilty    operator totals (uid totals)', 'expected', 'got', `replay    see ${seed}`]) expect(error.message).toContain(part);
  }, TIME_LIMIT_MS);

  it('given the seed again / then the same failure', async () => {
    const failure = await firstFailure(forgottenState);
    const again = await simulate(forgottenState, { from: failure.seed, seeds: 1, onFailure: 'collect', shrinkMs: 0 });
    expect(again.failures[0].traceHash).toBe(failure.traceHash);
  }, TIME_LIMIT_MS);
});

describe('a job that is right', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `the ${i % 7} quick ${i % 3} fox`);
  const wordCount = defineJob('word count', (env) => {
    env.fromSource(new CollectionSource(lines), WatermarkStrategy.noWatermarks<string>(), 'lines').uid('lines')
      .flatMap((line: string, out: Collector<string>) => line.split(' ').forEach((word) => out.collect(word))).name('words')
      .keyBy((word) => word)
      .count().name('count').uid('count')
      .map(({ key, value }) => `${key} ${value}`)
      .sinkTo(new CollectSink<string>()).uid('out');
  });

  it('given 50 seeds of all faults / then all of them pass, and faults of every class happened', async () => {
    const result = await simulate(wordCount, { faults: { cancel: 0.1, drain: 0.4, rescale: true } });
    expect(result).toMatchObject({ seeds: 50, failures: [], notCompared: [] });
    for (const [kind, count] of Object.entries(result.faultsByClass)) expect({ kind, happened: count > 0 }).toEqual({ kind, happened: true });
    expect(result.recoveries).toBeGreaterThan(50);
    expect(result.checkpoints).toBeGreaterThan(200);
  }, TIME_LIMIT_MS);

  it('given the same seeds twice / then the same traces, to the last event', async () => {
    const traces = async (): Promise<string[]> => {
      const hashes: string[] = [];
      await simulate(wordCount, { seeds: 20, onRun: ({ seed, traceHash, steps }) => hashes.push(`${seed} ${traceHash} ${steps}`) });
      return hashes;
    };
    expect(await traces()).toEqual(await traces());
  }, TIME_LIMIT_MS);
});

describe('a job that cannot be simulated', () => {
  it('given a source without an end / then it is refused', async () => {
    const job = defineJob('endless', (env) => {
      env.fromSource(new DataGeneratorSource((i) => i), WatermarkStrategy.noWatermarks<number>(), 'numbers').sinkTo(new CollectSink<number>());
    });
    await expect(simulate(job)).rejects.toMatchObject({ code: 'WEIR_SIMULATION_UNSUPPORTED' });
  });
});
