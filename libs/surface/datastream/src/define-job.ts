/**
 * A job as a module exports it: a pure function from environment and parameters to streams. Everything that runs it (embedded, cluster,
 * simulation) calls the function again for its own graph, so functions are never serialized and function objects never shared.
 */
import { Configuration, isWeirError } from '@weir/base';
import type { JobProgram, StreamGraph } from '@weir/graph';
import { InvalidJobError, JobBuildFailedError } from './errors.js';
import type { JobSummary } from './job-summary.js';
import { readParameters, type ParameterDeclarations, type ParameterValues } from './job-parameters.js';
import { StreamExecutionEnvironment } from './stream-execution-environment.js';

/** Text parameters by name; undefined where none was given. */
export type RawParameters = Readonly<Record<string, string>>;

/** Must not be async and must give the same structure for the same parameters on every machine. */
export type JobBuilder<P> = (env: StreamExecutionEnvironment, params: P) => void;

export interface JobDefinition<P = RawParameters> {
  readonly kind: 'weir-job';
  readonly name: string;
  /** For `--help`; undefined when the job takes any text parameters. */
  readonly parameterDeclarations: ParameterDeclarations | undefined;
  /** Throws `WEIR_JOB_PARAMETER_INVALID`. */
  readonly readParameters: (raw: RawParameters) => P;
  build(env: StreamExecutionEnvironment, params: P): void;
  /** What to tell the user once the job has finished; from its committed output. */
  readonly summary?: JobSummary<P>;
}

export interface JobOptions<D extends ParameterDeclarations> {
  readonly params: D;
  readonly summary?: JobSummary<ParameterValues<D>>;
}

/**
 * Defines a job. With `params` declared, the builder gets typed values; without, the text values as they were given.
 * `export default defineJob('word count', { params: { input: param.string() } }, (env, { input }) => { … });`
 */
export function defineJob(name: string, build: JobBuilder<RawParameters>): JobDefinition;
export function defineJob<const D extends ParameterDeclarations>(
  name: string,
  options: JobOptions<D>,
  build: JobBuilder<ParameterValues<D>>,
): JobDefinition<ParameterValues<D>>;
export function defineJob<D extends ParameterDeclarations>(
  name: string,
  optionsOrBuild: JobOptions<D> | JobBuilder<RawParameters>,
  build?: JobBuilder<ParameterValues<D>>,
): JobDefinition | JobDefinition<ParameterValues<D>> {
  if (name.trim() === '') throw new InvalidJobError('the job has no name', 'Give defineJob a name: it is shown everywhere the job is.');
  if (typeof optionsOrBuild === 'function') {
    return { kind: 'weir-job', name, parameterDeclarations: undefined, readParameters: (raw) => raw, build: optionsOrBuild };
  }
  if (build === undefined) throw new InvalidJobError(
    `job ${name} has no builder`, 'Give defineJob a function that builds the streams as its last argument.',
  );
  const { params, summary } = optionsOrBuild;
  if (typeof params !== 'object' || params === null) throw new InvalidJobError(
    `the options of job ${name} declare no params`, 'Write params: {} for a job without parameters, or leave the options out to take any as text.',
  );
  return {
    kind: 'weir-job', name, parameterDeclarations: params, readParameters: (raw) => readParameters(params, raw), build,
    ...(summary === undefined ? {} : { summary }),
  };
}

/** True for what `defineJob` returns, also from another copy of this module. */
export function isJobDefinition(value: unknown): value is JobDefinition<unknown> {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'weir-job';
}

/**
 * Builds the graph anew: each call runs the module's builder and gives function objects of its own. Throws coded errors for the user's
 * mistakes, and `WEIR_JOB_BUILD_FAILED` around anything else that the builder throws.
 */
export function buildStreamGraph<P>(
  definition: JobDefinition<P>, raw: RawParameters = {}, configuration = Configuration.empty,
): StreamGraph {
  const env = new StreamExecutionEnvironment({ configuration, executor: 'none' });
  const params = definition.readParameters(raw);
  const returned = runBuilder(definition, env, params);
  if (returned instanceof Promise) {
    returned.catch(() => undefined); // the async builder's own failure would come after the refusal below, and nobody waits for it
    throw new InvalidJobError(
      `job ${definition.name} is built by an async function`,
      'Build the streams synchronously; read files and settings in sources and parameters.',
    );
  }
  const graph = env.getStreamGraph(definition.name);
  if (graph.nodes.length === 0) throw new InvalidJobError(
    `job ${definition.name} has no operators`, 'Begin with env.fromSource and end with sinkTo.',
  );
  return graph;
}

function runBuilder<P>(definition: JobDefinition<P>, env: StreamExecutionEnvironment, params: P): unknown {
  try {
    return definition.build(env, params);
  } catch (thrown) {
    throw isWeirError(thrown) ? thrown : new JobBuildFailedError(definition.name, thrown);
  }
}

/** The definition with its parameters as the runtime takes it. Parameters are read once, at this call. */
export function jobProgram<P>(definition: JobDefinition<P>, raw: RawParameters = {}, configuration = Configuration.empty): JobProgram {
  definition.readParameters(raw);
  return { jobName: definition.name, instantiate: () => buildStreamGraph(definition, raw, configuration) };
}
