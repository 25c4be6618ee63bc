/** What can go wrong between actors. All are about the world: a broken invariant is an assertion. */
import { WeirError } from '@weir/base';
import type { ActorAddress } from './address.js';

/** No answer in time. The request may or may not have been carried out. */
export class AskTimeoutError extends WeirError {
  constructor(readonly to: ActorAddress, readonly timeoutMs: number) {
    super({
      code: 'WEIR_ASK_TIMEOUT',
      domain: 'external',
      retry: 'later',
      message: `${to} did not answer within ${timeoutMs} ms`,
      hint: 'The outcome is unknown: send the request again if it is idempotent, and look whether that process is alive and busy.',
      details: { to, timeoutMs },
    });
  }
}

/** Certainly nobody there: the request was not carried out. */
export class AskNoReceiverError extends WeirError {
  constructor(readonly to: ActorAddress) {
    super({
      code: 'WEIR_ASK_NO_RECEIVER',
      domain: 'external',
      retry: 'later',
      message: `nobody is at ${to}`,
      hint: 'That actor stopped or its process died; ask for the current address or wait until the process has come back.',
      details: { to },
    });
  }
}

/** The asker gave up before the answer. */
export class AskCancelledError extends WeirError {
  constructor(readonly to: ActorAddress, cause?: unknown) {
    super({
      code: 'WEIR_ASK_CANCELLED',
      domain: 'internal',
      retry: 'never',
      message: `the request to ${to} was abandoned`,
      hint: 'The caller stopped or cancelled the request; nothing needs to be done unless its outcome matters.',
      details: { to },
      cause,
    });
  }
}

/** The receiver's mailbox was full; the message was not taken. */
export class MailboxFullError extends WeirError {
  constructor(readonly to: ActorAddress, readonly capacity: number) {
    super({
      code: 'WEIR_MAILBOX_FULL',
      domain: 'internal',
      retry: 'later',
      message: `the mailbox of ${to} is full with ${capacity} messages`,
      hint: 'The receiver cannot keep up: look at what its thread is busy with, and slow its senders.',
      details: { to, capacity },
    });
  }
}

/** An actor failed more often than its restart limit allows. */
export class RestartLimitError extends WeirError {
  constructor(readonly address: ActorAddress, readonly restarts: number, readonly withinMs: number, cause: unknown) {
    super({
      code: 'WEIR_ACTOR_RESTART_LIMIT',
      domain: 'internal',
      retry: 'restart',
      message: `${address} failed again after ${restarts} restarts within ${withinMs} ms`,
      hint: 'Look at the cause: it comes back after each restart.',
      details: { address, restarts, withinMs },
      cause,
    });
  }
}

/** The actor system was shut down. */
export class ActorSystemStoppedError extends WeirError {
  constructor(readonly node: string) {
    super({
      code: 'WEIR_ACTOR_SYSTEM_STOPPED',
      domain: 'internal',
      retry: 'never',
      message: `the actor system of ${node} was shut down`,
      hint: 'This process is stopping; send the request to another one.',
      details: { node },
    });
  }
}
