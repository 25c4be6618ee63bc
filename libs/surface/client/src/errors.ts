/** What can go wrong on the way to a cluster. Errors that the cluster answers are thrown as {@link ClusterAnswerError} with the cluster's own code. */
import { WeirError } from '@weir/base';
import type { ErrorBody } from '@weir/rest';

/** Nobody answers at the URL, or what answers is not Weir. */
export class ClusterUnreachableError extends WeirError {
  constructor(readonly url: string, reason: string, cause?: unknown) {
    super({
      code: 'WEIR_CLUSTER_UNREACHABLE', domain: 'external', retry: 'later', cause, details: { url },
      message: `no Weir cluster answers at ${url}: ${reason}`,
      hint: 'Check the URL and that a JobManager runs there; `weir cluster up` starts a local cluster.',
    });
  }
}

/** The URL of a cluster is not one. */
export class ClusterUrlError extends WeirError {
  constructor(url: string) {
    super({
      code: 'WEIR_CLUSTER_URL_INVALID', domain: 'user', retry: 'never', details: { url }, message: `${url} is not the URL of a cluster`,
      hint: 'Give the address of a JobManager such as http://localhost:8081.',
    });
  }
}

/** What the cluster answered, with the code and hint of there. */
export class ClusterAnswerError extends WeirError {
  /** `status`: of HTTP. */
  constructor(readonly status: number, fields: ErrorBody['weir']) {
    super({ ...fields, domain: status >= 500 ? 'external' : 'user' });
  }
}

/** What was waited for did not happen in time. */
export class WaitTimeoutError extends WeirError {
  constructor(what: string, waitedMs: number) {
    super({
      code: 'WEIR_CLIENT_WAIT_TIMEOUT', domain: 'external', retry: 'later', details: { waitedMs }, message: `${what} did not happen within ${waitedMs} ms`,
      hint: 'Look at the job with `weir job show`, or wait longer.',
    });
  }
}
