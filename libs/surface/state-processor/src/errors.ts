/** What is wrong with a question about a snapshot. */
import { nearestName, WeirError } from '@weir/base';

/** The snapshot has no such operator, or the operator no such state. */
export class NoSuchStateError extends WeirError {
  constructor(what: string, name: string, known: readonly string[]) {
    const near = nearestName(name, known);
    super({
      code: 'WEIR_STATE_NOT_FOUND', domain: 'user', retry: 'never',
      message: `the snapshot has no ${what} ${name}; it has ${known.length === 0 ? 'none' : known.join(', ')}`,
      hint: near === undefined ? 'Run weir state ls to see operators and states.' : `Did you mean ${near}?`,
      details: { name },
    });
  }
}
