/** The configuration keys that translation reads; names and defaults are Flink's. */
import { configOption, Configuration } from '@weir/base';
import type { JobGraphOptions } from './create-job-graph.js';
import type { StreamGraph } from './stream-graph.js';

export const GraphConfig = {
  parallelism: configOption.integer('parallelism.default', 1, 'Parallelism of operators that set none.'),
  maxParallelism: configOption.integer(
    'pipeline.max-parallelism', -1, 'Max parallelism of operators that set none; -1: derived from the parallelism.',
  ),
  operatorChaining: configOption.boolean('pipeline.operator-chaining.enabled', true, 'Runs operators that exchange nothing in one task.'),
  localAggregation: configOption.boolean(
    'execution.local-aggregation.enabled', true,
    'Windows whose aggregates merge add up the records of a key before they are sent to another task.',
  ),
};

/** What the job runs with: the configuration, and over it what its program set. */
export function effectiveConfiguration(graph: StreamGraph, configuration: Configuration): Configuration {
  return configuration.merge(Configuration.of(graph.configuration ?? {}, 'program'));
}

/** Options of `createJobGraph` from the configuration. Throws `WEIR_CONFIG_INVALID`. */
export function jobGraphOptions(graph: StreamGraph, configuration: Configuration): JobGraphOptions {
  const effective = effectiveConfiguration(graph, configuration);
  const maxParallelism = effective.get(GraphConfig.maxParallelism);
  return {
    defaultParallelism: effective.get(GraphConfig.parallelism),
    chainingEnabled: effective.get(GraphConfig.operatorChaining),
    localAggregation: effective.get(GraphConfig.localAggregation),
    ...(maxParallelism === -1 ? {} : { defaultMaxParallelism: maxParallelism }),
  };
}
