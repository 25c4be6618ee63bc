/** Scripts: what an environment hands to an executor. The executor here only looks. */
import { describe, expect, it } from '@jest/globals';
import type { Configuration } from '@weir/base';
import type { JobProgram } from '@weir/graph';
import {
  cloneFunctionObject, ProcessFunction, StreamExecutionEnvironment, type Collector, type JobExecutor, type ProcessContext,
} from '../src/index.js';

class RecordingExecutor implements JobExecutor {
  readonly jobs: { readonly program: JobProgram; readonly configuration: Configuration }[] = [];
  execute(program: JobProgram, configuration: Configuration) {
    this.jobs.push({ program, configuration });
    return Promise.resolve({ jobId: `job-${this.jobs.length}`, jobName: program.jobName, netRuntimeMs: 0 });
  }
}
class Counter extends ProcessFunction<number, number> {
  private seen = 0;
  override processElement(_value: number, _context: ProcessContext, out: Collector<number>): void {
    out.collect(++this.seen);
  }
}
class Adder {
  constructor(private offset: number) {}
  map(value: number): number {
    return value + this.offset++;
  }
}

describe('execute', () => {
  it('gives each instance of the graph function objects of its own, and shares plain functions', async () => {
    const executor = new RecordingExecutor();
    const env = new StreamExecutionEnvironment({ executor });
    const double = (n: number): number => 2 * n;
    const adder = new Adder(10);
    env.fromSequence(1, 3).map(double).map(adder).process(new Counter()).print();
    await env.execute('job');
    const [first, second] = [1, 2].map(() => executor.jobs[0].program.instantiate().nodes.map((node) => node.spec));
    const mapOf = (spec: (typeof first)[number]) => (spec.kind === 'map' ? spec.fn : double);
    expect(first[1].kind === 'map' && second[1].kind === 'map' && first[1].fn === second[1].fn).toBe(true);
    expect([mapOf(first[2])(0), mapOf(first[2])(0), mapOf(second[2])(0), adder.map(0)]).toEqual([10, 11, 10, 10]);
    expect(
      first[3].kind === 'process' && second[3].kind === 'process' && first[3].fn !== second[3].fn && first[3].fn instanceof Counter,
    ).toBe(true);
  });

  it('takes what was added since the last call, with all it reads from', async () => {
    const executor = new RecordingExecutor();
    const env = new StreamExecutionEnvironment({ executor });
    const numbers = env.fromSequence(1, 3).map((n) => n).name('shared');
    await numbers.filter((n) => n > 1).executeAndCollect('first');
    await numbers.executeAndCollect('second');
    expect(executor.jobs.map(({ program }) => program.instantiate().nodes.map((node) => node.name))).toEqual([
      ['Source: Sequence Source', 'shared', 'Filter', 'Sink: collect'], ['Source: Sequence Source', 'shared', 'Sink: collect'],
    ]);
    await expect(env.execute('nothing new')).rejects.toThrow(expect.objectContaining({ code: 'WEIR_JOB_INVALID' }));
  });

  it('merges what the program set over the rest of the configuration', async () => {
    const executor = new RecordingExecutor();
    const env = new StreamExecutionEnvironment({ executor }).enableCheckpointing(1000);
    env.fromSequence(1, 3).print();
    await env.execute();
    expect(executor.jobs[0].configuration.toRecord()).toEqual({ 'execution.checkpointing.interval': '1000 ms' });
    expect(executor.jobs[0].configuration.origin('execution.checkpointing.interval')).toBe('program');
  });
});

describe('cloneFunctionObject', () => {
  it('asks an object that can clone itself', () => {
    class Secret {
      #state = 1;
      clone(): Secret {
        return new Secret();
      }
      next(): number {
        return this.#state++;
      }
    }
    const secret = new Secret();
    const copy = cloneFunctionObject(secret);
    expect([secret.next(), secret.next(), copy.next()]).toEqual([1, 2, 1]);
  });
});
