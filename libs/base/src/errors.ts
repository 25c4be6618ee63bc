/**
 * The two kinds of failure. A broken invariant is ours and is an {@link AssertionFailedError}; anything the world can do is a
 * {@link WeirError} with a stable code. Codes are API and are listed in `docs/errors.md`; messages are not.
 */

/** Who can mend it: the author of the job, something outside Weir, or Weir itself. */
export type ErrorDomain = 'user' | 'external' | 'internal';

/** What a caller may do next. `never`: the same call fails again; `later`: the world may change; `restart`: restart the region. */
export type RetryHint = 'never' | 'later' | 'restart';

export interface WeirErrorFields {
  /** Stable, upper-case, prefixed `WEIR_`. */
  readonly code: string;
  readonly domain: ErrorDomain;
  readonly retry: RetryHint;
  /** Short, factual, lower-case; names the thing and the place. */
  readonly message: string;
  /** A full sentence the reader can act on. */
  readonly hint: string;
  readonly cause?: unknown;
  /** Data of the error, for programs; must be JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Base of every coded error. Subclass it per concept, in the `errors.ts` of the lib that raises it. */
export class WeirError extends Error {
  readonly code: string;
  readonly domain: ErrorDomain;
  readonly retry: RetryHint;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(fields: WeirErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = new.target.name;
    this.code = fields.code;
    this.domain = fields.domain;
    this.retry = fields.retry;
    this.hint = fields.hint;
    this.details = fields.details ?? {};
  }
}

/** True for coded errors, also those made by another copy of this module (bundles, worker threads). */
export function isWeirError(value: unknown): value is WeirError {
  if (!(value instanceof Error)) return false;
  const { code } = value as { code?: unknown };
  return typeof code === 'string' && code.startsWith('WEIR_');
}

/** A broken invariant of Weir's own code. Never caught to go on: the actor that raised it fails. */
export class AssertionFailedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssertionFailedError';
  }
}

/** Fails the calling actor when an invariant does not hold. The message names both values. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailedError(message);
}

/** Closes an exhaustive switch. */
export function assertNever(value: never, what: string): never {
  throw new AssertionFailedError(`unexpected ${what}: ${JSON.stringify(value)}`);
}

/** An Error for anything that was thrown; user code may throw strings. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** A failure as plain data, for messages, exception histories and JSON output. */
export interface FailureInfo {
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly hint: string;
  readonly stack: string;
  readonly retry: RetryHint;
  readonly details: Readonly<Record<string, unknown>>;
  /** Of coded errors. */
  readonly domain?: ErrorDomain;
  readonly cause?: FailureInfo;
}

/** Flattens an error and its causes (at most `depth` of them). Errors without a code get `fallbackCode`. */
export function failureInfo(thrown: unknown, fallbackCode = 'WEIR_USER_CODE_FAILED', depth = 4): FailureInfo {
  const error = toError(thrown);
  const coded = isWeirError(error) ? error : undefined;
  const cause = error.cause === undefined || depth === 0 ? undefined : failureInfo(error.cause, fallbackCode, depth - 1);
  return {
    code: coded?.code ?? (error instanceof AssertionFailedError ? 'WEIR_INVARIANT_BROKEN' : fallbackCode),
    name: error.name,
    message: error.message,
    hint: coded?.hint ?? '',
    stack: error.stack ?? '',
    retry: coded?.retry ?? 'restart',
    details: coded?.details ?? {},
    ...(coded?.domain === undefined ? {} : { domain: coded.domain }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** A failure that arrived as data, thrown again where an Error is expected. Keeps code, domain, hint and the original stack. */
export class RemoteFailureError extends WeirError {
  constructor(readonly failure: FailureInfo) {
    super({
      code: failure.code,
      domain: failure.domain ?? 'internal',
      retry: failure.retry,
      message: failure.message,
      hint: failure.hint,
      details: failure.details,
      ...(failure.cause === undefined ? {} : { cause: new RemoteFailureError(failure.cause) }),
    });
    this.name = failure.name;
    if (failure.stack !== '') this.stack = failure.stack;
  }
}
