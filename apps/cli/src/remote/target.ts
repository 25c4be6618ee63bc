/** Which cluster a command means. */
import { resolve } from 'node:path';
import type { Configuration } from '@weir/base';
import { WeirClient } from '@weir/client';
import { restOptions } from '@weir/rest';
import { ClusterDirectory } from '../cluster/cluster-state.js';
import { DEFAULT_DATA_DIRECTORY } from '../grammar/processes.js';
import type { CliIo } from '../io.js';
import { namedTarget } from './named-target.js';

export const POLL_MS = 100;

/** A client of the named cluster; else of the local one in the usual directory; else of the JobManager on this machine's default port. */
export function clientOf(target: string | undefined, configuration: Configuration, io: CliIo): WeirClient {
  const url = namedTarget(target, io) ?? localCluster(io) ?? `http://127.0.0.1:${restOptions.port.defaultValue}`;
  return new WeirClient(url.includes('://') ? url : `http://${url}`, { token: configuration.get(restOptions.token), pollIntervalMs: POLL_MS });
}

function localCluster(io: CliIo): string | undefined {
  return new ClusterDirectory(resolve(io.workingDirectory, DEFAULT_DATA_DIRECTORY)).read()?.rest;
}
