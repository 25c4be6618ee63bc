/** What a thread and the thread that started it say to each other, beside the messages of their actors. Plain data but for the port. */
import type { FailureInfo } from '@weir/base';
import type { ThreadAdmission } from '@weir/transport-worker';

/** `workerData` of a thread. */
export interface ThreadData extends ThreadAdmission {
  readonly node: string;
  readonly settings: unknown;
}

// Numbers of requests and answers begin with 1; those below mean something by themselves.
/** To the thread: end. */
export const END = -1;
/** From the thread: it takes commands now. */
export const READY = 0;
/** From the thread: it ends by itself, with nothing left to do. */
export const LEAVING = -1;

/** To the thread. */
export interface ThreadRequest {
  readonly number: number;
  readonly command: unknown;
}

/** From the thread. */
export interface ThreadAnswer {
  readonly number: number;
  readonly value?: unknown;
  readonly failure?: FailureInfo;
}
