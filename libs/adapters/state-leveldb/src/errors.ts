import { toError, WeirError } from '@weir/base';

/** LevelDB, or the local disk under it, failed. The task fails and begins again from the last checkpoint. */
export class StateStoreError extends WeirError {
  constructor(readonly directory: string, operation: string, cause: unknown) {
    super({
      code: 'WEIR_STATE_STORE',
      domain: 'external',
      retry: 'restart',
      message: `cannot ${operation} keyed state in ${directory}: ${toError(cause).message}`,
      hint: 'Look at the cause; check space and rights in the directories of io.tmp.dirs. Nothing is lost: the state is in the last checkpoint.',
      cause,
      details: { directory, operation },
    });
  }
}
