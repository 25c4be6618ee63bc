/** Every option there is, and the configuration of a command: what file, environment and command line say, checked against them. */
import { type ConfigOption, Configuration, validateConfiguration } from '@weir/base';
import { checkpointOptions } from '@weir/checkpoint';
import { clusterOptions, dispatcherOptions, leaderElectionOptions } from '@weir/cluster';
import { jobManagerOptions, processOptions, taskManagerOptions } from '@weir/process';
import { restOptions } from '@weir/rest';
import { stateOptions } from '@weir/state';
import { s3Options } from '@weir/storage-s3';
import { taskOptions } from '@weir/task';
import { environmentConfiguration } from './configuration-environment.js';

/** Every option, by lib: the source of docs/configuration.md. */
export const optionGroups: Readonly<Record<string, Readonly<Record<string, ConfigOption<unknown>>>>> = {
  'Parallelism, restarts, recovery': clusterOptions as unknown as Record<string, ConfigOption<unknown>>,
  'Checkpoints': checkpointOptions as unknown as Record<string, ConfigOption<unknown>>,
  'Keyed state': stateOptions as unknown as Record<string, ConfigOption<unknown>>,
  'Storage at s3://': s3Options as unknown as Record<string, ConfigOption<unknown>>,
  'Tasks and data exchange': taskOptions as unknown as Record<string, ConfigOption<unknown>>,
  'Processes of a cluster': processOptions as unknown as Record<string, ConfigOption<unknown>>,
  'JobManagers': { ...jobManagerOptions, ...leaderElectionOptions, ...dispatcherOptions } as unknown as Record<string, ConfigOption<unknown>>,
  'REST': restOptions as unknown as Record<string, ConfigOption<unknown>>,
  'TaskManagers': taskManagerOptions as unknown as Record<string, ConfigOption<unknown>>,
};

export function knownOptions(): ConfigOption<unknown>[] {
  return Object.values(optionGroups).flatMap((group) => Object.values(group));
}

/** What of these options a job has a say in; the rest is the processes' own. */
export function jobOptions(): ConfigOption<unknown>[] {
  return [clusterOptions, checkpointOptions, stateOptions, s3Options, taskOptions].flatMap((group) => Object.values(group as unknown as Record<string, ConfigOption<unknown>>));
}

export interface ConfigurationRequest {
  readonly definitions: Readonly<Record<string, string>>;
  readonly configFile: string | undefined;
  /** `-p`: the same as `-D parallelism.default`, and over it. */
  readonly parallelism?: number | undefined;
}

export interface ConfigurationPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/**
 * File, then environment, then command line: later ones win. Throws `WEIR_CONFIG_INVALID` for an unknown key or a value that cannot be read,
 * `WEIR_CONFIG_FILE_INVALID` for a file that is none.
 */
export async function configurationOf(request: ConfigurationRequest, place: ConfigurationPlace): Promise<Configuration> {
  const options = knownOptions();
  const file = request.configFile ?? place.environment.WEIR_CONF;
  const layers = [environmentConfiguration(place.environment, options), Configuration.of(request.definitions, 'command line')];
  if (file !== undefined && file !== '') layers.unshift(await (await import('./configuration-file.js')).configurationFromFile(file, place.workingDirectory));
  for (const layer of layers) validateConfiguration(layer, options);
  const merged = layers.reduce((below, layer) => below.merge(layer), Configuration.empty);
  return request.parallelism === undefined ? merged : merged.with(clusterOptions.parallelism, request.parallelism, 'command line');
}
