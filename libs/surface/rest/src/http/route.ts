/** A route: method and path pattern of an operation, and a handler whose parameters, body and answer have the operation's types. */
import type { Clock, Logger } from '@weir/ports';
import type { ClusterGateway } from '@weir/cluster';
import type { ClusterView } from '../cluster-view.js';
import { type Operations, operations } from '../generated/operations.js';
import type { LogFiles } from '../logs/log-files.js';
import { Fields } from './fields.js';
import { formatJson, parseJsonObject } from './json.js';
import type { PathParameters } from './path-parameters.js';
import { utf8 } from './request-body.js';

/** What all handlers share. */
export interface RestContext {
  readonly gateway: ClusterGateway;
  readonly view: ClusterView;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of this JobManager. */
  readonly logs: LogFiles;
  /** Of a TaskManager; undefined where they cannot be reached. */
  readonly taskManagerLogs: (taskManagerId: string) => LogFiles | undefined;
  readonly metricsText: () => Promise<string>;
  readonly version: string;
  readonly features: RestFeatures;
}

/** What the dashboard offers; a switched-off one is also refused here. */
export interface RestFeatures {
  readonly submit: boolean;
  readonly cancel: boolean;
}

export interface RawRequest {
  readonly params: PathParameters;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
}
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
}
export interface Route {
  readonly method: string;
  /** `/jobs/{jobid}/plan`. */
  readonly path: string;
  /** Longest body, bytes. */
  readonly bodyLimit: 'json' | 'upload';
  readonly handle: (request: RawRequest, context: RestContext) => Promise<Answer>;
}

type Keys<T> = T extends unknown ? keyof T & string : never;

export interface OperationRequest<K extends keyof Operations> {
  readonly params: Pick<PathParameters, Operations[K]['path'] & keyof PathParameters>;
  readonly query: Fields<Operations[K]['query']>;
  readonly body: Fields<Keys<Operations[K]['body']>>;
}

export interface OwnRequest<Names extends string> {
  readonly params: PathParameters;
  readonly query: Fields<Names>;
  readonly body: Fields<Names>;
  readonly raw: RawRequest;
}

/** A route of the document. The status is the document's. */
export function route<K extends keyof Operations>(
  id: K, handler: (request: OperationRequest<K>, context: RestContext) => Promise<Operations[K]['response']> | Operations[K]['response'],
): Route {
  const { method, path, status } = operations[id];
  return jsonRoute(method, path, status, handler as (request: OperationRequest<keyof Operations>, context: RestContext) => unknown);
}

/** A route of our own, or one that Flink does not document. `Names`: of its query parameters and body fields. */
export function jsonRoute<Names extends string>(
  method: string, path: string, status: number, handler: (request: OwnRequest<Names>, context: RestContext) => unknown,
  bodyLimit: Route['bodyLimit'] = 'json',
): Route {
  return {
    method, path, bodyLimit,
    handle: async (raw, context) => {
      const query = new Fields<Names>(queryValues(raw.query), 'query parameter');
      const body = new Fields<Names>(bodyLimit === 'json' && method !== 'GET' ? parseJsonObject(utf8(raw.body)) : {}, 'field');
      const value = await handler({ params: raw.params, query, body, raw }, context);
      return { status, contentType: 'application/json; charset=UTF-8', body: formatJson(value ?? {}) };
    },
  };
}

export function textRoute(
  path: string, handler: (params: PathParameters, context: RestContext) => Promise<string>, contentType = 'text/plain; charset=UTF-8',
): Route {
  const handle: Route['handle'] = async ({ params }, context) => ({ status: 200, contentType, body: await handler(params, context) });
  return { method: 'GET', path, bodyLimit: 'json', handle };
}

/** A parameter that is given twice is the comma-separated list of both. */
function queryValues(query: URLSearchParams): Readonly<Record<string, string>> {
  const values = Object.create(null) as Record<string, string>;
  for (const [key, value] of query) values[key] = Object.hasOwn(values, key) ? `${values[key]},${value}` : value;
  return values;
}
