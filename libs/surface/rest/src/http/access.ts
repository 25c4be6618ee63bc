/**
 * Who may ask.
 * A1. Bound to anything but loopback, the server has a token.
 * A2. With a token every request carries it; the comparison takes the same time for every wrong one.
 * A3. Without a token, requests that a foreign web page caused are refused: another Origin, a cross-site fetch, a Host that is not loopback (DNS rebinding).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ForeignOriginError, RestBindNeedsTokenError, UnauthorizedError } from '../errors.js';

const MINIMUM_TOKEN_LENGTH = 16;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

export class AccessControl {
  private readonly expected: Buffer | undefined;

  /** Throws `WEIR_REST_BIND_NEEDS_TOKEN`. */
  constructor(host: string, token: string | undefined) {
    const usable = token !== undefined && token.length >= MINIMUM_TOKEN_LENGTH;
    if (!usable && (!isLoopback(host) || (token !== undefined && token !== ''))) throw new RestBindNeedsTokenError(host, (token ?? '') !== ''); // A1
    this.expected = usable ? digest(token) : undefined;
  }

  /** Throws `WEIR_REST_UNAUTHORIZED` or `WEIR_REST_FOREIGN_ORIGIN`. */
  check(headers: IncomingHttpHeaders): void {
    if (this.expected !== undefined) {
      const match = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '');
      if (!timingSafeEqual(digest(match?.[1] ?? ''), this.expected)) throw new UnauthorizedError(); // A2
      return;
    }
    const host = headers.host ?? '';
    if (host !== '' && !isLoopback(host.replace(/:\d+$/, ''))) throw new ForeignOriginError(`Host ${printable(host)}`);
    const { origin } = headers;
    if (origin !== undefined && origin !== `http://${host}`) throw new ForeignOriginError(`Origin ${printable(origin)}`); // A3
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ForeignOriginError('Sec-Fetch-Site');
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x21-\x7e]/g, '?');
}
