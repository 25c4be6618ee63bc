/**
 * Where a job begins: sources, defaults, and for scripts and tests the way to run it. In `defineJob` the environment is given and only
 * builds.
 */
import { Configuration } from '@weir/base';
import { CollectionSource, SequenceSource, type LineWriter, type Source, type SourceSplit } from '@weir/connector';
import type { JobProgram, StreamGraph, Value } from '@weir/graph';
import { WatermarkStrategy } from '@weir/time';
import type { TypeInformation } from '@weir/types';
import { cloneNode } from './clone-functions.js';
import { DataStreamSource } from './data-stream.js';
import { InvalidJobError } from './errors.js';
import { GraphBuilder } from './graph-builder.js';
import { defaultExecutor, type JobExecutionResult, type JobExecutor } from './job-executor.js';
import { checkParallelism } from './operator-settings.js';
import type { StreamContext } from './stream-context.js';

export interface EnvironmentOptions {
  /** Values from files, environment and command line; what the program sets wins. */
  readonly configuration?: Configuration;
  /** Undefined: the registered one (`setDefaultExecutor`). `none`: this environment only builds. */
  readonly executor?: JobExecutor | 'none';
  /** Where `print` writes. Default: standard output. */
  readonly writeLine?: LineWriter;
}

const DEFAULT_JOB_NAME = 'Weir Streaming Job';

export class StreamExecutionEnvironment {
  private readonly builder = new GraphBuilder();
  private readonly context: StreamContext;
  private readonly programConfiguration: Record<string, string> = {};
  private parallelism: number | undefined;
  private maxParallelism: number | undefined;
  private chainingEnabled = true;

  constructor(private readonly options: EnvironmentOptions = {}) {
    this.context = {
      builder: this.builder,
      writeLine: options.writeLine ?? ((line) => void process.stdout.write(`${line}\n`)),
      execute: (jobName) => this.execute(jobName),
    };
  }

  /** An environment that runs jobs in this process. */
  static getExecutionEnvironment(configuration?: Configuration): StreamExecutionEnvironment {
    return new StreamExecutionEnvironment(configuration === undefined ? {} : { configuration });
  }

  fromSource<T, S extends SourceSplit, E>(
    source: Source<T, S, E>, watermarks: WatermarkStrategy<NoInfer<T>>, name: string,
  ): DataStreamSource<T> {
    const node = this.builder.add({
      name: `Source: ${name}`,
      // A source makes and reads its own splits and enumerator state: nobody else looks inside them.
      spec: { kind: 'source', source: source as unknown as Source<Value>, watermarks: watermarks as WatermarkStrategy<Value> },
      inputs: [],
      outputType: source.outputType as TypeInformation<Value> | undefined,
    });
    return new DataStreamSource<T>(this.context, node);
  }
  /** A bounded stream of the array's elements, without event time. The array must not change afterwards. */
  fromCollection<T>(values: readonly T[], type?: TypeInformation<T>): DataStreamSource<T> {
    return this.fromSource(new CollectionSource<T>(values, type), WatermarkStrategy.noWatermarks<T>(), 'Collection Source');
  }
  fromElements<T>(...values: readonly T[]): DataStreamSource<T> {
    return this.fromCollection(values);
  }
  /** The whole numbers from `from` to `to`, both inclusive. */
  fromSequence(from: number, to: number): DataStreamSource<number> {
    return this.fromSource(new SequenceSource(from, to), WatermarkStrategy.noWatermarks<number>(), 'Sequence Source');
  }

  /** Parallelism of operators that set none; over `parallelism.default`. */
  setParallelism(parallelism: number): this {
    checkParallelism('parallelism', parallelism);
    this.parallelism = parallelism;
    return this;
  }
  /** Max parallelism of operators that set none. */
  setMaxParallelism(maxParallelism: number): this {
    checkParallelism('max parallelism', maxParallelism);
    this.maxParallelism = maxParallelism;
    return this;
  }
  /** Each operator runs on its own, with channels between. For looking at them one by one. */
  disableOperatorChaining(): this {
    this.chainingEnabled = false;
    return this;
  }
  enableCheckpointing(intervalMs: number): this {
    if (!Number.isSafeInteger(intervalMs) || intervalMs < 10) {
      throw new InvalidJobError(`checkpoint interval of ${intervalMs} ms`, 'Give whole milliseconds from 10.');
    }
    return this.configure('execution.checkpointing.interval', `${intervalMs} ms`);
  }
  /** Sets any configuration key for this job, over files, environment and command line. */
  configure(key: string, value: string | number | boolean): this {
    this.programConfiguration[key] = String(value);
    return this;
  }

  /** Configuration of the job: what the environment was given, and over it what the program set. */
  getConfiguration(): Configuration {
    return (this.options.configuration ?? Configuration.empty).merge(Configuration.of(this.programConfiguration, 'program'));
  }

  /** The graph of what was built since the last `execute`. */
  getStreamGraph(jobName = DEFAULT_JOB_NAME): StreamGraph {
    return this.takeGraph(jobName, false);
  }

  /**
   * Runs what was built since the last call, to its end. Throws `WEIR_JOB_INVALID` inside `defineJob` and for an empty graph,
   * `WEIR_EXECUTOR_MISSING`.
   */
  async execute(jobName = DEFAULT_JOB_NAME): Promise<JobExecutionResult> {
    const { executor } = this.options;
    if (executor === 'none') {
      throw new InvalidJobError('execute was called in a job definition', 'Only build streams in defineJob; `weir run` executes them.');
    }
    const graph = this.takeGraph(jobName, true);
    if (graph.nodes.length === 0) {
      throw new InvalidJobError(
        `job ${jobName} has no operators`, 'Add a source and a sink before execute; each execute takes what was added since the last.',
      );
    }
    const program: JobProgram = { jobName, instantiate: () => ({ ...graph, nodes: graph.nodes.map(cloneNode) }) };
    const configuration = this.getConfiguration();
    return (executor ?? (await defaultExecutor())).execute(program, configuration);
  }

  private takeGraph(jobName: string, forget: boolean): StreamGraph {
    const defaults = { parallelism: this.parallelism, maxParallelism: this.maxParallelism, chainingEnabled: this.chainingEnabled };
    return this.builder.take(jobName, defaults, { ...this.programConfiguration }, forget);
  }
}
