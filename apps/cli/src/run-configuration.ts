/** The configuration of commands that take a job: `-D` definitions, and `-p`, which is the same as `-D parallelism.default`. */
import type { Configuration } from '@weir/base';
import { clusterOptions } from '@weir/cluster';
import { commandLineConfiguration } from './configuration.js';

export function configurationOf(invocation: {
  readonly definitions: Readonly<Record<string, string>>;
  readonly parallelism: number | undefined;
}): Configuration {
  const configuration = commandLineConfiguration(invocation.definitions);
  return invocation.parallelism === undefined ? configuration : configuration.with(clusterOptions.parallelism, invocation.parallelism, 'command line');
}
