/**
 * The REST server of one JobManager: Flink's monitoring API and Weir's additions over a {@link ClusterGateway}.
 *
 * R1. It is not opened to a network without a token, and checks access before it reads anything else of a request.
 * R2. Every request gets one answer; whatever goes wrong is a coded error body, and no input ends the process.
 * R3. Bodies, headers, request times and connections are bounded.
 * R4. On a standby every request that needs the leader is passed on to it, or answered with 503 and `Retry-After`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isWeirError, toError } from '@weir/base';
import type { ClusterGateway } from '@weir/cluster';
import { SystemClock } from '@weir/host-node';
import type { Clock, Logger } from '@weir/ports';
import { ClusterView } from './cluster-view.js';
import { BadRequestError, RestBindError, RestPortTakenError } from './errors.js';
import { AccessControl } from './http/access.js';
import { errorAnswer } from './http/error-answer.js';
import { FORWARDED_HEADER, forwardToLeader } from './http/leader-proxy.js';
import { readBody } from './http/request-body.js';
import type { Answer, RestContext, RestFeatures } from './http/route.js';
import { Router } from './http/router.js';
import { type LogFiles, noLogFiles } from './logs/log-files.js';
import { allRoutes } from './routes/index.js';

export interface RestServerOptions {
  readonly gateway: ClusterGateway;
  readonly logger: Logger;
  /** Address to listen on. Anything but loopback needs a token. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Empty or undefined: none. */
  readonly token?: string;
  /** Text of `/metrics`; default: empty. */
  readonly metricsText?: () => Promise<string>;
  /** Log files of this JobManager; default: none. */
  readonly logs?: LogFiles;
  /** Log files of a TaskManager that can be read from here; default: none. */
  readonly taskManagerLogs?: (taskManagerId: string) => LogFiles | undefined;
  /** Longest request line and headers, bytes. Metric names of a whole job come in one URL. Default 256 KiB. */
  readonly maxHeaderSize?: number;
  /** Longest artifact, bytes. Default 64 MiB. */
  readonly maxUploadBytes?: number;
  /** Longest other body, bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Milliseconds until a request must have arrived whole. Default 30 s; its headers in a third of that. */
  readonly requestTimeoutMs?: number;
  readonly features?: RestFeatures;
  readonly version?: string;
  readonly clock?: Clock;
}

const MAX_CONNECTIONS = 1024;
const RETRY_AFTER_SECONDS = 2;

export class RestServer {
  private readonly access: AccessControl;
  private readonly router = new Router(allRoutes);
  private readonly context: RestContext;
  private readonly server: Server;
  private readonly bodyLimits: { readonly json: number; readonly upload: number };

  /** Throws `WEIR_REST_BIND_NEEDS_TOKEN`. */
  constructor(private readonly options: RestServerOptions) {
    const { gateway, logger, requestTimeoutMs = 30_000 } = options;
    const clock = options.clock ?? new SystemClock();
    this.access = new AccessControl(options.host, options.token); // R1
    this.bodyLimits = { json: options.maxBodyBytes ?? 1024 * 1024, upload: options.maxUploadBytes ?? 64 * 1024 * 1024 };
    this.context = {
      gateway, clock, logger,
      view: new ClusterView(gateway, clock),
      logs: options.logs ?? noLogFiles,
      taskManagerLogs: options.taskManagerLogs ?? (() => undefined),
      metricsText: options.metricsText ?? (() => Promise.resolve('')),
      version: options.version ?? '0.0.1',
      features: options.features ?? { submit: true, cancel: true },
    };
    this.server = createServer(
      {
        maxHeaderSize: options.maxHeaderSize ?? 256 * 1024, requestTimeout: requestTimeoutMs, headersTimeout: Math.max(1, Math.round(requestTimeoutMs / 3)),
        keepAliveTimeout: 5000, connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
      },
      (request, response) => void this.serve(request, response),
    );
    this.server.maxConnections = MAX_CONNECTIONS; // R3
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket));
  }

  /** Resolves with the URL when it listens. Rejects with `WEIR_REST_PORT_TAKEN` or `WEIR_REST_BIND_FAILED`. */
  async start(): Promise<string> {
    const { host, port, logger } = this.options;
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void =>
        reject(error.code === 'EADDRINUSE' ? new RestPortTakenError(host, port, error) : new RestBindError(host, port, error));
      this.server.once('error', failed);
      this.server.listen({ host, port, exclusive: true }, () => {
        this.server.off('error', failed);
        this.server.on('error', (error) => logger.log('error', 'rest server failed', { error: error.message }));
        resolve();
      });
    });
    logger.log('info', 'rest server listens', { url: this.url });
    return this.url;
  }

  /** Of the listening server, with the real port. */
  get url(): string {
    const address = this.server.address() as AddressInfo | null;
    const host = this.options.host.includes(':') ? `[${this.options.host}]` : this.options.host;
    return `http://${host}:${address?.port ?? this.options.port}`;
  }

  /** Takes no new requests and ends open connections. Harmless when called twice. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.answer(request);
    } catch (error) {
      answer = this.refusal(error, request);
    }
    send(answer, request, response);
  }

  /** R2: the answer to an error; what is not coded is told in the log only. */
  private refusal(error: unknown, request: IncomingMessage): Answer {
    if (!isWeirError(error)) {
      this.options.logger.log('error', 'rest handler failed', { method: request.method, error: toError(error).message, stack: toError(error).stack });
    }
    return errorAnswer(error);
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    this.access.check(request.headers); // R1
    const method = request.method ?? '';
    const target = request.url ?? '';
    const [path, query] = splitTarget(target);
    const { route, params } = this.router.match(method, path);
    const body = await readBody(request, this.bodyLimits[route.bodyLimit]);
    const contentType = request.headers['content-type'] ?? '';
    try {
      return await route.handle({ params, query: new URLSearchParams(query), contentType, body }, this.context);
    } catch (error) {
      if (!isWeirError(error) || error.code !== 'WEIR_NOT_LEADER') throw error;
      return await forwardToLeader(error.details.restUrl, { // R4
        method, target, contentType, body, authorization: request.headers.authorization, alreadyForwarded: request.headers[FORWARDED_HEADER] !== undefined,
      });
    }
  }
}

function splitTarget(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  const [path, query] = at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
  if (!path.startsWith('/')) throw new BadRequestError('the request target is not a path', 'Ask for a path that begins with /.');
  return [path, query];
}

function send(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed) return;
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(answer.status === 401 ? { 'www-authenticate': 'Bearer realm="weir"' } : {}),
    ...(answer.status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
    // a body that was not read to its end would be taken for the next request
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
  if (!request.complete) response.once('finish', () => request.destroy());
}

/** By codes of Node's HTTP server. */
const PARSER_STATUS: Readonly<Partial<Record<string, string>>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What the HTTP parser refused: an answer where the socket still takes one. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = (error.code !== undefined ? PARSER_STATUS[error.code] : undefined) ?? '400 Bad Request';
  const reason = `the request cannot be read: ${status.slice(4).toLowerCase()}`;
  const { body, contentType } = errorAnswer(new BadRequestError(reason, 'Send a shorter or faster HTTP/1.1 request.'));
  const head = [`HTTP/1.1 ${status}`, 'connection: close', `content-type: ${contentType}`, `content-length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body.toString()}`);
}
