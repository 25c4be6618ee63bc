/** Asks the JobManagers over REST, any that answers. */
import { get, request } from 'node:http';

const LIMIT_MS = 1500;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Rejects when nobody answers there in time, or not in JSON. */
export function ask(url: string, method: 'GET' | 'POST' | 'PATCH' = 'GET', body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options = { agent: false as const, timeout: LIMIT_MS, method, ...(text === undefined ? {} : { headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }) };
    const sent = (method === 'GET' ? get : request)(url, options, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk)).on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) });
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }).on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`${url} did not answer within ${LIMIT_MS} ms`)));
    sent.on('error', reject);
    if (method !== 'GET') sent.end(text);
  });
}

/** The first JobManager that answers with 200; undefined when none does. */
export async function askAny(urls: readonly string[], path: string): Promise<unknown> {
  const answers = urls.map(async (url) => {
    const { status, body } = await ask(`${url}${path}`);
    if (status !== 200) throw new Error(`${url}${path} is answered with ${status}`);
    return body;
  });
  try {
    return await Promise.any(answers);
  } catch (error) {
    if (error instanceof AggregateError) return undefined;
    throw error;
  }
}
