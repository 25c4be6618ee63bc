/**
 * REST from its document: every operation, with right and mutated paths, queries and bodies, one to sixteen at a time, over a gateway that is not real. Each
 * call is answered within two seconds, never with an uncoded 5xx, and the server lives.
 */
import { request } from 'node:http';
import { join } from 'node:path';
import { root } from '../cluster/program.js';
import { Draws } from '../random.js';
import { mutatedText } from './mutations.js';

const LIMIT_MS = 2000;
const RIGHT: Readonly<Record<string, string>> = { jobid: '1'.repeat(32), vertexid: 'a'.repeat(32), taskmanagerid: 'tm-1', checkpointid: '1', subtaskindex: '0', attempt: '0', jarid: 'a_b.jar', triggerid: '7'.repeat(32), filename: 'x.log', operationid: '1' };
const BODIES = ['{}', '{"drain":false,"targetDirectory":"/tmp/x"}', '{"entryClass":"a","programArgsList":["--x","1"],"parallelism":2}', '[]', 'null', '{"jobId":"0","artifactHash":"0"}', '{"a":{"b":[1,2,{"c":null}]}}'];

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly queries: readonly string[];
}

export interface RestFuzzResult {
  readonly calls: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly findings: readonly string[];
}

export async function fuzzRest(calls: number, seed: number): Promise<RestFuzzResult> {
  const draws = new Draws(seed).fork('rest');
  const { RestServer } = (await import(join(root, 'libs/surface/rest/src/rest-server.ts'))) as { RestServer: new (options: object) => { start(): Promise<string>; close(): Promise<void> } };
  const { FakeClusterGateway } = (await import(join(root, 'libs/surface/rest/src/fakes/index.ts'))) as { FakeClusterGateway: new () => object };
  const server = new RestServer({ gateway: new FakeClusterGateway(), logger: { log: () => undefined }, host: '127.0.0.1', port: 0 });
  const url = await server.start();
  const operations = await documented();
  const byStatus: Record<string, number> = {};
  const findings: string[] = [];
  let [done, slowestMs] = [0, 0];
  while (done < calls && findings.length < 10) {
    const batch = Array.from({ length: 1 + draws.below(16) }, () => oneCall(url, draws.of(operations), draws));
    for (const { what, status, code, tookMs } of await Promise.all(batch)) {
      done++;
      byStatus[status] = (byStatus[status] ?? 0) + 1;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > LIMIT_MS) findings.push(`${what} took ${tookMs.toFixed(0)} ms`);
      if (status >= 500 && (code === undefined || code === 'WEIR_INTERNAL')) findings.push(`${what} is answered with ${status} ${code ?? ''}`);
    }
  }
  await server.close();
  return { calls: done, byStatus, slowestMs, findings };
}

async function documented(): Promise<Operation[]> {
  const { readDocument } = (await import(join(root, 'libs/surface/rest/openapi/corrected-document.ts'))) as { readDocument: () => { readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: readonly { readonly name: string; readonly in: string }[] }>>>> } };
  const operations = Object.entries(readDocument().paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters = [] }]) => ({ method: method.toUpperCase(), path, queries: parameters.filter((it) => it.in === 'query').map(({ name }) => name) })));
  return [...operations, ...['/weir/status', '/weir/jobs', '/weir/jobs/{jobid}', '/metrics'].map((path) => ({ method: 'GET', path, queries: [] })), ...['/weir/jobs', '/weir/artifacts', '/weir/plan'].map((path) => ({ method: 'POST', path, queries: [] }))];
}

interface Outcome {
  readonly what: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly tookMs: number;
}

function oneCall(url: string, { method, path, queries }: Operation, draws: Draws): Promise<Outcome> {
  const spoil = (text: string): string => (draws.below(3) === 0 ? encodeURIComponent(wellFormed(mutatedText(text, draws))).replaceAll('%2F', draws.below(2) === 0 ? '/' : '%2F') : text);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => spoil(RIGHT[name.toLowerCase()] ?? '0'));
  const query = queries.filter(() => draws.below(2) === 0).map((name) => `${name}=${spoil(draws.of(['1', 'true', 'a,b', '0-2', 'min,max', '']))}`).join('&');
  const body = method === 'GET' || method === 'DELETE' ? undefined : draws.below(2) === 0 ? draws.of(BODIES) : wellFormed(mutatedText(draws.of(BODIES), draws));
  const target = `${filled}${query === '' ? '' : `?${query}`}`;
  const what = `${method} ${target}${body === undefined ? '' : ` ${body.slice(0, 200)}`}`;
  const begun = performance.now();
  return new Promise((resolve) => {
    const done = (status: number, code: string | undefined): void => resolve({ what, status, code, tookMs: performance.now() - begun });
    const sent = request(`${url}${target}`, { method, agent: false, timeout: 3 * LIMIT_MS, headers: body === undefined ? {} : { 'content-type': draws.of(['application/json', 'text/plain', 'multipart/form-data; boundary=b']) } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => done(response.statusCode ?? 0, /"code":\s*"(WEIR_[A-Z_]+)"/.exec(text)?.[1]));
      response.on('error', () => done(599, undefined));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', () => done(599, undefined));
    sent.end(body);
  });
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
