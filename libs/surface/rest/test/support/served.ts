/** A real server on a free port over a fake cluster. */
import { RecordingLogger } from '@weir/ports';
import { EXAMPLE_NOW, FakeClusterGateway } from '../../src/fakes/index.js';
import { RestServer, type RestServerOptions } from '../../src/index.js';

export interface Served {
  readonly url: string;
  readonly gateway: FakeClusterGateway;
  readonly logger: RecordingLogger;
  get(path: string, init?: RequestInit): Promise<{ status: number; text: string; json: unknown; headers: Headers }>;
  send(method: string, path: string, body?: unknown): ReturnType<Served['get']>;
}

/** Runs `test` against the server and closes it, whatever happens. */
export async function served(test: (served: Served) => Promise<void>, options: Partial<RestServerOptions> = {}): Promise<void> {
  const gateway = new FakeClusterGateway();
  const logger = new RecordingLogger();
  const clock = { now: () => EXAMPLE_NOW, monotonic: () => performance.now() };
  const server = new RestServer({ gateway, logger, clock, host: '127.0.0.1', port: 0, ...options });
  const url = await server.start();
  const get: Served['get'] = async (path, init) => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    return { status: response.status, text, headers: response.headers, json: response.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) : undefined };
  };
  const send: Served['send'] = (method, path, body) =>
    get(path, { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  try {
    await test({ url, gateway, logger, get, send });
  } finally {
    await server.close();
  }
}
