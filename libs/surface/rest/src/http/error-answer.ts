/** Errors as answers: Flink's `{"errors": ["text"]}` and status codes; the code, hint and details of coded errors stand beside it for programs. */
import { isWeirError, type RetryHint, type WeirError } from '@weir/base';
import { formatJson } from './json.js';
import type { Answer } from './route.js';

/** The body of every answer that is not a success. */
export interface ErrorBody {
  readonly errors: readonly string[];
  readonly weir: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly retry: RetryHint;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

const STATUS: Readonly<Record<string, number>> = {
  WEIR_REST_NOT_FOUND: 404, WEIR_REST_RESOURCE_NOT_FOUND: 404, WEIR_JOB_NOT_FOUND: 404, WEIR_ARTIFACT_NOT_FOUND: 404, WEIR_OPERATION_NOT_FOUND: 404,
  WEIR_JOB_ALREADY_ENDED: 409, WEIR_JOB_ALREADY_FINISHED: 409, WEIR_JOB_ALREADY_RUNNING: 409, WEIR_JOB_HISTORY_EXISTS: 409,
  WEIR_JOB_NOT_RUNNING: 409, WEIR_JOB_ENDED: 409, WEIR_ARTIFACT_IN_USE: 409,
  WEIR_NOT_LEADER: 503, WEIR_REST_NO_LEADER: 503, WEIR_ASK_TIMEOUT: 503, WEIR_ASK_NO_RECEIVER: 503, WEIR_ASK_CANCELLED: 503, WEIR_MAILBOX_FULL: 503,
  WEIR_REST_UNAUTHORIZED: 401, WEIR_REST_FOREIGN_ORIGIN: 403, WEIR_REST_DISABLED: 403, WEIR_REST_BODY_TOO_LARGE: 413,
};

/** 400 for what the caller can mend, 503 for what time may mend, 500 for the rest. */
export function statusOf(error: WeirError): number {
  const known = Object.hasOwn(STATUS, error.code) ? STATUS[error.code] : undefined;
  if (known !== undefined) return known;
  if (error.domain === 'user') return 400;
  return error.domain === 'external' && error.retry === 'later' ? 503 : 500;
}

/** An error without a code is a bug of ours: its text stays in the log. */
export function errorAnswer(error: unknown): Answer {
  if (!isWeirError(error)) {
    const message = 'internal server error';
    return answerOf(500, {
      errors: [message],
      weir: { code: 'WEIR_REST_INTERNAL', message, hint: 'Look at the log of the JobManager and report this as a bug.', retry: 'never', details: {} },
    });
  }
  const { code, message, hint, retry, details } = error;
  const text = code === 'WEIR_REST_RESOURCE_NOT_FOUND' && message === FILE_NOT_FOUND ? message : `${message} (${code}) ${hint}`.trim();
  return answerOf(statusOf(error), { errors: [text], weir: { code, message, hint, retry, details: details ?? {} } });
}

/** The dashboard compares with this very text. */
const FILE_NOT_FOUND = 'File not found.';

function answerOf(status: number, body: ErrorBody): Answer {
  return { status, contentType: 'application/json; charset=UTF-8', body: formatJson(body) };
}
