/** Coded errors of the built-in connectors. */
import { WeirError } from '@weir/base';

/** A source was described with values that make no sense. */
export class InvalidSourceError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_SOURCE_INVALID', domain: 'user', retry: 'never', message, hint });
  }
}

/** Results prepared by a collect sink are neither prepared nor committed any more: another process holds them. */
export class CollectedResultsLostError extends WeirError {
  constructor(readonly transactionId: string) {
    super({
      code: 'WEIR_COLLECT_RESULTS_LOST',
      domain: 'user',
      retry: 'never',
      message: `prepared results ${transactionId} are not in this process`,
      hint: 'Collected results live in the memory of the process that runs the job; use a durable sink for jobs that outlive it.',
      details: { transactionId },
    });
  }
}
