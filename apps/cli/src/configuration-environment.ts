/**
 * Configuration from environment variables: `WEIR_` and the key in capitals, everything but letters and digits as `_`
 * (`rest.port` -> `WEIR_REST_PORT`).
 *
 * Variables that name no option are passed over: Kubernetes gives every pod `WEIR_SERVICE_HOST` and the like when a service is called `weir`.
 */
import { Configuration, type ConfigOption } from '@weir/base';

/** Variables that mean something else: the configuration file, the cluster that commands talk to. */
export const RESERVED_VARIABLES = ['WEIR_CONF', 'WEIR_TARGET'] as const;

export function environmentVariable(key: string): string {
  return `WEIR_${key.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
}

export function environmentConfiguration(environment: Readonly<Record<string, string | undefined>>, options: readonly ConfigOption<unknown>[]): Configuration {
  const values: Record<string, string> = {};
  for (const { key } of options) {
    const value = environment[environmentVariable(key)];
    if (value !== undefined) values[key] = value;
  }
  return Configuration.of(values, 'environment');
}

/** The variables that give another process this configuration: the rest of `environment` stays, configuration in it does not. */
export function environmentOf(
  configuration: Configuration, environment: Readonly<Record<string, string | undefined>>, options: readonly ConfigOption<unknown>[],
): Record<string, string | undefined> {
  const variables: Record<string, string | undefined> = { ...environment };
  for (const name of [...RESERVED_VARIABLES, ...options.map(({ key }) => environmentVariable(key))]) delete variables[name];
  for (const [key, value] of Object.entries(configuration.toRecord())) variables[environmentVariable(key)] = value;
  return variables;
}
