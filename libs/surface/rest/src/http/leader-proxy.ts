/**
 * A standby passes requests on to the leader.
 * P1. A request is passed on once: what arrives with the mark is answered here, with 503 when this is not the leader either.
 * P2. Only the method, path, body, content type and token travel; of the answer only status, body and content type.
 */
import { request as httpRequest } from 'node:http';
import { NoLeaderError } from '../errors.js';
import type { Answer } from './route.js';

export const FORWARDED_HEADER = 'x-weir-forwarded';
const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface ForwardedRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly contentType: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
  readonly alreadyForwarded: boolean;
}

/** `restUrl` of the leader; empty when none is known. Rejects with `WEIR_REST_NO_LEADER`. */
export function forwardToLeader(restUrl: unknown, request: ForwardedRequest): Promise<Answer> {
  if (request.alreadyForwarded) return Promise.reject(new NoLeaderError('leadership is changing')); // P1
  if (typeof restUrl !== 'string' || !/^http:\/\/[^/\s]+/.test(restUrl)) return Promise.reject(new NoLeaderError('none is known'));
  const base = new URL(restUrl);
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(new NoLeaderError(`${base.host} does not answer: ${error.message}`));
    const outgoing = httpRequest(
      {
        host: base.hostname.replace(/^\[|\]$/g, ''), port: base.port || 80, method: request.method, path: request.target, timeout: TIMEOUT_MS, agent: false,
        headers: {
          [FORWARDED_HEADER]: '1', 'content-length': request.body.length,
          ...(request.contentType === '' ? {} : { 'content-type': request.contentType }),
          ...(request.authorization === undefined ? {} : { authorization: request.authorization }), // P2
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        incoming.on('error', failed);
        incoming.on('end', () => resolve({
          status: incoming.statusCode ?? 502, contentType: incoming.headers['content-type'] ?? 'application/json; charset=UTF-8', body: Buffer.concat(chunks),
        }));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    outgoing.on('error', failed);
    outgoing.end(request.body);
  });
}
