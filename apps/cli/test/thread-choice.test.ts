/** When an embedded run takes threads. */
import { describe, expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import { compileJob } from '@weir/cluster';
import { CollectSink, defineJob, jobProgram, SequenceSource, type StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { chooseThreads } from '../src/thread-choice.js';

function choice(asked: 'on' | 'off' | undefined, parallelism: number, build: (env: StreamExecutionEnvironment) => void, cores = 2) {
  const configuration = Configuration.of({ 'parallelism.default': String(parallelism) }, 'command line');
  return chooseThreads(asked, compileJob(jobProgram(defineJob('job', build), {}, configuration), configuration).job, cores);
}
const printing = (env: StreamExecutionEnvironment): void => {
  env.fromElements(1, 2).keyBy((it) => it).count().print();
};

describe('chooseThreads', () => {
  it('given nothing was said / then there are threads above parallelism 1, if there is more than one core', () => {
    expect(choice(undefined, 1, printing)).toEqual({ threads: false });
    expect(choice(undefined, 2, printing)).toEqual({ threads: true });
    expect(choice(undefined, 2, printing, 1)).toEqual({ threads: false });
  });

  it('given one operator has a parallelism of its own above 1 / then there are threads', () => {
    expect(choice(undefined, 1, (env) => {
      env.fromElements(1, 2).map((it) => it).setParallelism(2).print();
    })).toEqual({ threads: true });
  });

  it('given on or off / then that holds', () => {
    expect(choice('off', 2, printing)).toEqual({ threads: false });
    expect(choice('on', 1, printing)).toEqual({ threads: true });
  });

  it('given a sink or a source that lives in this thread / then the job stays in it, with a note', () => {
    const collecting = (env: StreamExecutionEnvironment): void => {
      env.fromElements(1, 2).sinkTo(new CollectSink<number>()).name('results');
    };
    const note = 'all slots run in one thread, as "results" uses memory or streams of it';
    expect(choice(undefined, 2, collecting)).toEqual({ threads: false, note });
    expect(choice('on', 2, collecting)).toEqual({ threads: false, note });
    expect(choice('off', 2, collecting)).toEqual({ threads: false });
    expect(choice(undefined, 2, (env) => {
      env.fromSource(Object.assign(new SequenceSource(1, 2), { boundToThread: true }), WatermarkStrategy.noWatermarks<number>(), 'lines').print();
    }).note).toContain('lines"');
  });
});
