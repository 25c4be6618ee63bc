/** How a process reaches NATS, from its configuration. */
import type { Configuration } from '@weir/base';
import type { NatsOptions } from '@weir/transport-nats';
import { processOptions } from './process-options.js';

/** While no server answers, a process that starts keeps trying for this long: servers and processes start at the same time. */
const FIRST_CONNECT_MS = 30_000;

export function natsOptions(configuration: Configuration, processName: string): NatsOptions {
  const text = (key: 'natsUser' | 'natsPassword' | 'natsToken' | 'natsCredentials' | 'natsAuthority' | 'natsCertificate' | 'natsKey'): string | undefined =>
    configuration.get(processOptions[key]) || undefined;
  const credentials = defined({ user: text('natsUser'), password: text('natsPassword'), token: text('natsToken'), credentialsFile: text('natsCredentials') });
  const tls = defined({ authorityFile: text('natsAuthority'), certificateFile: text('natsCertificate'), keyFile: text('natsKey') });
  return {
    servers: configuration.get(processOptions.natsServers).split(',').map((server) => server.trim()).filter((server) => server !== ''),
    cluster: configuration.get(processOptions.clusterId),
    processName,
    connectTimeoutMs: FIRST_CONNECT_MS,
    ...(Object.keys(credentials).length === 0 ? {} : { credentials }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
