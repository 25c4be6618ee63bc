/** Failures of threads. */
import { WeirError } from '@weir/base';

/** A worker thread ended before it was ready. */
export class ThreadStartError extends WeirError {
  constructor(threadName: string, reason: string, cause: unknown) {
    super({
      code: 'WEIR_THREAD_START_FAILED', domain: 'internal', retry: 'later', cause,
      message: `thread ${threadName} ended before it was ready: ${reason}`,
      hint: 'Look at the cause; if memory is short, give threads less or the process more (taskmanager.memory.*).',
      details: { threadName, reason },
    });
  }
}
