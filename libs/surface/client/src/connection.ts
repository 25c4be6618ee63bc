/** One cluster's REST as calls that answer values or throw coded errors. */
import type { RetryHint } from '@weir/base';
import type { ErrorBody } from '@weir/rest';
import { ClusterAnswerError, ClusterUnreachableError, ClusterUrlError } from './errors.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const REQUEST_TIMEOUT_MS = 60_000;

export class Connection {
  /** Without a slash at its end. */
  readonly baseUrl: string;

  /** Throws `WEIR_CLUSTER_URL_INVALID`. */
  constructor(url: string, private readonly token: string | undefined, private readonly fetchFunction: Fetch) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new ClusterUrlError(url);
    this.baseUrl = url.replace(/\/+$/, '');
  }

  get<T>(path: string): Promise<T> {
    return this.request<T>('GET', path, undefined);
  }

  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown): Promise<T> {
    return this.request<T>(method, path, body);
  }

  private async request<T>(method: string, path: string, body: unknown): Promise<T> {
    const { status, text } = await this.exchange(method, path, body);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new ClusterUnreachableError(this.baseUrl, `status ${status}, and the answer is not JSON`, cause);
    }
    if (status >= 400) throw answerError(status, value);
    return value as T;
  }

  private async exchange(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    try {
      const response = await this.fetchFunction(this.baseUrl + path, {
        method,
        headers: {
          accept: 'application/json',
          ...(this.token === undefined || this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new ClusterUnreachableError(this.baseUrl, reasonOf(cause), cause);
    }
  }
}

/** fetch hides the reason in the cause of its error. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? (cause?.message || message || 'unknown reason');
}

/** Errors of Weir have a code; those of a Flink cluster only texts. */
function answerError(status: number, value: unknown): ClusterAnswerError {
  const { errors, weir } = (typeof value === 'object' && value !== null ? value : {}) as Partial<ErrorBody>;
  if (weir !== undefined && typeof weir.code === 'string') return new ClusterAnswerError(status, weir);
  const message = Array.isArray(errors) && typeof errors[0] === 'string' ? errors[0] : `the cluster answered with status ${status}`;
  const retry: RetryHint = status === 503 ? 'later' : 'never';
  return new ClusterAnswerError(status, { code: 'WEIR_CLUSTER_ANSWER', message, hint: 'Look at the log of the JobManager.', retry, details: { status } });
}
