/** Coded errors of translating graphs and of restoring state into them. */
import { WeirError } from '@weir/base';

/** The graph is not one that can run: no source, a missing input, a cycle. */
export class InvalidGraphError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_GRAPH_INVALID', domain: 'user', retry: 'never', message, hint });
  }
}

/** Two operators have one uid: their state could not be told apart. */
export class DuplicateUidError extends WeirError {
  constructor(readonly uid: string, readonly operatorNames: readonly [string, string]) {
    super({
      code: 'WEIR_UID_DUPLICATE', domain: 'user', retry: 'never',
      message: `operators ${operatorNames[0]} and ${operatorNames[1]} have the same uid ${uid}`,
      hint: 'Give each operator of the job a uid of its own.',
      details: { uid, operatorNames },
    });
  }
}

/** `forward()` between operators of unequal parallelism. */
export class ForwardParallelismError extends WeirError {
  constructor(readonly source: { name: string; parallelism: number }, readonly target: { name: string; parallelism: number }) {
    super({
      code: 'WEIR_FORWARD_PARALLELISM', domain: 'user', retry: 'never',
      message: `forward from ${source.name} (parallelism ${source.parallelism}) to ${target.name} (parallelism ${target.parallelism})`,
      hint: 'Give both operators the same parallelism, or use rebalance() or rescale() instead of forward().',
      details: { source, target },
    });
  }
}

/** A parallelism or max parallelism is out of range, or the one above the other. */
export class InvalidParallelismError extends WeirError {
  constructor(readonly operatorName: string, message: string) {
    super({
      code: 'WEIR_PARALLELISM_INVALID', domain: 'user', retry: 'never', message,
      hint: 'Parallelism and max parallelism are whole numbers from 1 to 32768, and parallelism is not above max parallelism.',
      details: { operatorName },
    });
  }
}

/** State is restored into a job whose stateful operators have no uid. */
export class MissingUidError extends WeirError {
  constructor(readonly operatorNames: readonly string[]) {
    super({
      code: 'WEIR_UID_MISSING', domain: 'user', retry: 'never',
      message: `stateful operators without uid: ${operatorNames.join(', ')}`,
      hint: 'Call .uid(...) on each of them so that their state is found again; to restore once by position, set execution.state-recovery.ignore-unclaimed-state=true.',
      details: { operatorNames },
    });
  }
}

/** A snapshot does not fit the job. */
export class RestoreMismatchError extends WeirError {
  constructor(readonly problems: readonly string[]) {
    super({
      code: 'WEIR_RESTORE_MISMATCH', domain: 'user', retry: 'never',
      message: `the snapshot does not fit the job: ${problems.join('; ')}`,
      hint: 'Give operators the uids and max parallelism that they had in the snapshot, or leave such state behind with execution.state-recovery.ignore-unclaimed-state=true.',
      details: { problems },
    });
  }
}
