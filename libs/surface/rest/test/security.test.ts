import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { RecordingLogger } from '@weir/ports';
import { exampleArtifact, FakeClusterGateway } from '../src/fakes/index.js';
import { RestServer } from '../src/index.js';
import { allRoutes } from '../src/routes/index.js';
import { served } from './support/served.js';
import { traversals } from './support/traversal.js';

const JOB = '1'.repeat(32);
const VALID: Readonly<Record<string, string>> = {
  jobid: JOB, vertexid: 'a'.repeat(32), triggerid: '7'.repeat(32), taskmanagerid: 'tm-1', jarid: `${'a'.repeat(64)}_x.ts`, logname: 'x.log', checkpointid: '1',
  subtaskindex: '0', attempt: '1',
};

/** Sends a request target as it is, which fetch would normalize. */
function raw(url: string, method: string, target: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path: target, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject).end();
  });
}

/** Writes bytes to a new connection; what comes back until its end. */
function bytes(url: string, content: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(content, 'latin1'));
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk)).on('error', () => resolve(text)).on('close', () => resolve(text));
  });
}

/** On a busy machine the probe itself may be a slow client: what counts is that the server answers in the end. */
async function untilAnswered(get: (path: string) => Promise<{ readonly status: number }>): Promise<void> {
  while ((await get('/overview')).status !== 200);
}

describe('given paths that try to leave their place', () => {
  it('when each is put into every path parameter / then it is refused before any handler, and the server lives', () => served(async ({ url, gateway, get }) => {
    expect(traversals.length).toBeGreaterThanOrEqual(200);
    const places = allRoutes.flatMap(({ method, path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ method, path, name })));
    expect(places.length).toBeGreaterThan(40);
    const unescaped = (segment: string): string => segment.replace(/[^\x21-\x7e]/g, (it) => encodeURIComponent(it)).replace(/[\\`]/g, (it) => `%${it.charCodeAt(0).toString(16)}`);
    const statuses = new Set<number>();
    for (const [index, segment] of traversals.entries()) {
      // every segment in some place, and every place with many segments
      for (const { method, path, name } of places.filter((_place, at) => (at + index) % 9 === 0)) {
        const target = path.replace(/\{(\w+)\}/g, (_all, it: string) => (it === name ? unescaped(segment) : VALID[it]));
        const answer = await raw(url, method, target);
        statuses.add(answer.status);
        expect({ target, status: [400, 404].includes(answer.status) }).toEqual({ target, status: true });
        expect(JSON.parse(answer.text)).toMatchObject({ errors: [expect.any(String)] });
      }
    }
    expect([...statuses].sort()).toEqual([400, 404]);
    expect(gateway.calls).toEqual([]);
    expect((await get('/overview')).status).toBe(200);
  }), 60_000);

  it('when a target is not a path / then it is refused', () => served(async ({ url }) => {
    for (const target of ['http://169.254.169.254/latest', '*', 'overview', '//overview', '/jobs/../overview', '/./overview', '/overview/..', '/%2e%2e/config', '/a'.repeat(500)]) {
      expect({ target, status: [400, 404].includes((await raw(url, 'GET', target)).status) }).toEqual({ target, status: true });
    }
  }));
});

describe('given a server that is bound', () => {
  const start = (host: string, token?: string): RestServer =>
    new RestServer({ gateway: new FakeClusterGateway(), logger: new RecordingLogger(), host, port: 0, ...(token === undefined ? {} : { token }) });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'example.test', '', '127.0.0.1.example.test', '1270.0.0.1'])('when the address is %s and there is no token / then it does not start', (host) => {
    expect(() => start(host)).toThrow(expect.objectContaining({ code: 'WEIR_REST_BIND_NEEDS_TOKEN' }));
    expect(() => start(host, '')).toThrow(expect.objectContaining({ code: 'WEIR_REST_BIND_NEEDS_TOKEN' }));
    expect(() => start(host, 'short')).toThrow(expect.objectContaining({ code: 'WEIR_REST_BIND_NEEDS_TOKEN', message: expect.stringContaining('so short a token') }));
  });

  it.each(['127.0.0.1', '127.3.2.1', 'localhost', '::1'])('when it is %s / then no token is needed', (host) => {
    expect(() => start(host)).not.toThrow();
  });

  it('when the port is taken / then a coded error names it', () => served(async ({ url }) => {
    const port = Number(new URL(url).port);
    const second = new RestServer({ gateway: new FakeClusterGateway(), logger: new RecordingLogger(), host: '127.0.0.1', port });
    await expect(second.start()).rejects.toMatchObject({ code: 'WEIR_REST_PORT_TAKEN', details: { port } });
  }));

  it('when the address is not of this machine / then a coded error says so', async () => {
    await expect(start('192.0.2.1', 'a-token-of-enough-length').start()).rejects.toMatchObject({ code: 'WEIR_REST_BIND_FAILED' });
  });
});

describe('given a server with a token', () => {
  const token = 'a-token-of-enough-length';
  it('when it is missing or wrong / then every path is closed', () => served(async ({ get, gateway }) => {
    for (const headers of [{}, { authorization: token }, { authorization: `Basic ${token}` }, { authorization: 'Bearer ' }, { authorization: `Bearer ${token}x` }, { authorization: `Bearer ${token.slice(1)}` }]) {
      for (const path of ['/overview', '/metrics', '/config', '/nowhere', `/jobs/${JOB}/yarn-cancel`]) {
        const answer = await get(path, { headers: headers as Record<string, string> });
        expect(answer).toMatchObject({ status: 401, json: { weir: { code: 'WEIR_REST_UNAUTHORIZED' } } });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="weir"');
        expect(answer.text).not.toContain(token);
      }
    }
    expect(gateway.calls).toEqual([]);
  }, { token }));

  it('when it is right / then pages of other sites may use it as well', () => served(async ({ get }) => {
    expect((await get('/overview', { headers: { authorization: `Bearer ${token}`, origin: 'https://example.test' } })).status).toBe(200);
  }, { token }));
});

describe('given a server without a token', () => {
  it.each([
    ['another origin', { origin: 'https://example.test' }], ['no origin at all', { origin: 'null' }], ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { origin: 'http://localhost:3000' }], ['a rebound name', { host: 'example.test' }], ['a rebound name with port', { host: 'example.test:8081' }],
  ])('when a browser sends a request with %s / then it is refused', (_what, headers) => served(async ({ url, gateway }) => {
    for (const [method, path] of [['PATCH', `/jobs/${JOB}`], ['GET', `/jobs/${JOB}/yarn-cancel`], ['GET', '/overview']]) {
      const answer = await raw(url, method, path, headers as unknown as Record<string, string>);
      expect({ status: answer.status, body: JSON.parse(answer.text) }).toMatchObject({ status: 403, body: { weir: { code: 'WEIR_REST_FOREIGN_ORIGIN' } } });
    }
    expect(gateway.calls).toEqual([]);
  }));

  it('when its own page asks / then it is answered', () => served(async ({ url, get }) => {
    expect((await get('/overview', { headers: { origin: url, 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
  }));
});

describe('given bodies and bytes that are not what they should be', () => {
  it('when a body is too long / then it is refused, announced or not', () => served(async ({ get, url }) => {
    const body = '{"x":"'.padEnd(5000, 'y');
    expect(await get(`/jobs/${JOB}/savepoints`, { method: 'POST', body })).toMatchObject({ status: 413, json: { weir: { code: 'WEIR_REST_BODY_TOO_LARGE', details: { limitBytes: 4096 } } } });
    const chunk = `1000\r\n${'z'.repeat(0x1000)}\r\n`;
    expect(await bytes(url, `POST /jobs/${JOB}/savepoints HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`)).toContain('413');
    expect((await get('/overview')).status).toBe(200);
  }, { maxBodyBytes: 4096 }));

  it('when JSON reaches for prototypes or is very deep / then it is refused and nothing is changed', () => served(async ({ send }) => {
    for (const body of ['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"a":{"__proto__":{}}}', '['.repeat(100_000), `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`]) {
      expect((await send('POST', `/jobs/${JOB}/savepoints`, body)).status).toBe(400);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  }));

  it('when a client is slow / then it is dropped', () => served(async ({ url, get }) => {
    expect(await bytes(url, 'GET /overview HTTP/1.1\r\nHost: local')).toMatch(/^HTTP\/1\.1 408|^$/);
    expect(await bytes(url, `POST /jobs/${JOB}/savepoints HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 4|^$/);
    await untilAnswered(get);
  }, { requestTimeoutMs: 300 }));

  it('when headers are too long / then the answer is 431, and below the limit they are fine', () => served(async ({ url, get }) => {
    expect((await get(`/jobs/${JOB}/metrics?get=${'x,'.repeat(30_000)}uptime`)).json).toEqual([{ id: 'uptime', value: expect.any(String) }]);
    expect(await bytes(url, `GET /overview HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(300_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431|^$/);
    expect((await get('/overview')).status).toBe(200);
  }));

  it('when the bytes are not HTTP / then they are refused and the server lives', () => served(async ({ url, get }) => {
    for (const content of ['\r\n\r\n', 'GET', '\x16\x03\x01\x02\x00\x01', 'GET / HTTP/9.9\r\n\r\n', 'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n', `${'A'.repeat(70_000)}\r\n\r\n`,
      'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 'POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
      expect(await bytes(url, content)).not.toContain('HTTP/1.1 2');
    }
    await untilAnswered(get);
  }, { requestTimeoutMs: 300 }));

  it('when submitting and cancelling are switched off / then both are refused', () => served(async ({ send, get, gateway }) => {
    for (const answer of [
      await send('POST', '/weir/artifacts', exampleArtifact()), await send('POST', '/weir/jobs', {}), await send('PATCH', `/jobs/${JOB}`), await get(`/jobs/${JOB}/yarn-cancel`),
      await send('POST', `/jobs/${JOB}/stop`, {}), await send('POST', `/jobs/${JOB}/savepoints`, { 'cancel-job': true }),
    ]) expect(answer).toMatchObject({ status: 403, json: { weir: { code: 'WEIR_REST_DISABLED' } } });
    expect((await get('/config')).json).toMatchObject({ features: { 'web-submit': false, 'web-cancel': false } });
    expect(gateway.calls).toEqual([]);
  }, { features: { submit: false, cancel: false } }));
});
