/** What a thread and the thread that started it say to each other, beside the messages of their actors. Plain data but for the port. */
import type { FailureInfo } from '@weir/base';
import type { ThreadAdmission } from '@weir/transport-worker';

/** `workerData` of a thread. */
export interface ThreadData extends ThreadAdmission {
  readonly node: string;
  readonly settings: unknown;
}

/** To the thread. Number -1: end. */
export interface ThreadRequest {
  readonly number: number;
  readonly command: unknown;
}

/** From the thread. Number 0: it takes commands now. */
export interface ThreadAnswer {
  readonly number: number;
  readonly value?: unknown;
  readonly failure?: FailureInfo;
}
