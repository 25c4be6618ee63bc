/** Reads a request's body up to a limit. A body that is too long is not read further, and the connection is closed behind the answer. */
import type { IncomingMessage } from 'node:http';
import { BadRequestError, BodyTooLargeError } from '../errors.js';

export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) throw new BodyTooLargeError(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) throw new BodyTooLargeError(limitBytes);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof BodyTooLargeError) throw cause;
    throw new BadRequestError(`the request body ended early: ${(cause as Error).message}`, 'Send the whole body.');
  }
  return Buffer.concat(chunks, size);
}

export function utf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BadRequestError('the request body is not UTF-8', 'Send JSON text in UTF-8.');
  }
}
