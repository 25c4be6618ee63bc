/** The configuration of a run: what the environment and the command line say, checked against every option there is. */
import { configOption, Configuration, validateConfiguration, type ConfigOption } from '@weir/base';
import { checkpointOptions } from '@weir/checkpoint';
import { clusterOptions } from '@weir/cluster';
import { taskOptions } from '@weir/task';

/** Options that only the CLI reads. */
export const cliOptions = {
  artifactDirectory: configOption.string('job.artifact.dir', '.weir/artifacts', 'Where bundled job modules are kept. Relative to the working directory; may be deleted at any time.'),
};

/** Every option, by lib: the source of docs/configuration.md. */
export const optionGroups: Readonly<Record<string, Readonly<Record<string, ConfigOption<unknown>>>>> = {
  'Parallelism, restarts, recovery': clusterOptions as unknown as Record<string, ConfigOption<unknown>>,
  'Checkpoints': checkpointOptions as unknown as Record<string, ConfigOption<unknown>>,
  'Tasks and data exchange': taskOptions as unknown as Record<string, ConfigOption<unknown>>,
  'Command line': cliOptions as unknown as Record<string, ConfigOption<unknown>>,
};

export function knownOptions(): ConfigOption<unknown>[] {
  return Object.values(optionGroups).flatMap((group) => Object.values(group));
}

/** Throws `WEIR_CONFIG_INVALID`. */
export function commandLineConfiguration(definitions: Readonly<Record<string, string>>): Configuration {
  const configuration = Configuration.of(definitions, 'command line');
  validateConfiguration(configuration, knownOptions());
  return configuration;
}
