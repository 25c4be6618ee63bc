/** Where others reach a JobManager's REST API: it stands in the leader register, so it must be known before anybody listens there. */
import { hostname } from 'node:os';
import { type Configuration, InvalidConfigError } from '@weir/base';
import { jobManagerOptions } from '@weir/process';
import { restOptions } from '@weir/rest';

/** Addresses to listen on that are nobody's to connect to: a standby that asked there would ask itself. */
const EVERYWHERE = new Set(['0.0.0.0', '::', '[::]']);

/** Throws `WEIR_CONFIG_INVALID`. */
export function restUrlOf(configuration: Configuration, thisHost: () => string = hostname): string {
  const port = configuration.get(restOptions.port);
  if (port === 0) {
    throw new InvalidConfigError(restOptions.port.key, `${restOptions.port.key} is 0, a port that nobody knows beforehand`, 'Give each JobManager a port of its own: others must find it.');
  }
  const bound = configuration.get(restOptions.bindAddress);
  const host = configuration.get(jobManagerOptions.restAddress) || (EVERYWHERE.has(bound) ? thisHost() : bound);
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
