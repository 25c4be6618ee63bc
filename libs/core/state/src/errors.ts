import { WeirError } from '@weir/base';

/** State in a snapshot does not fit what the function declares. */
export class IncompatibleStateError extends WeirError {
  constructor(stateName: string, why: string) {
    super({
      code: 'WEIR_STATE_INCOMPATIBLE', domain: 'user', retry: 'never',
      message: `state "${stateName}" cannot be restored: ${why}`,
      hint: 'Declare the kind and type that the snapshot holds, or give the new state another name.',
      details: { stateName },
    });
  }
}

/** Keyed state was asked for, or used, where no key is set. */
export class StateNotKeyedError extends WeirError {
  constructor(stateName: string, operatorName: string) {
    super({
      code: 'WEIR_STATE_NOT_KEYED', domain: 'user', retry: 'never',
      message: `keyed state "${stateName}" in operator "${operatorName}", which is not behind keyBy`,
      hint: 'Put keyBy before this operator, or use getOperatorListState.',
      details: { stateName, operatorName },
    });
  }
}

/** Two states of one operator have the same name. */
export class DuplicateStateError extends WeirError {
  constructor(stateName: string, kinds: string) {
    super({
      code: 'WEIR_STATE_DUPLICATE', domain: 'user', retry: 'never',
      message: `state "${stateName}" is declared twice, as ${kinds}`,
      hint: 'Give each state of an operator a name of its own.',
      details: { stateName },
    });
  }
}

/** More keys than the heap backend can index. */
export class StateTooLargeError extends WeirError {
  constructor(count: number) {
    super({
      code: 'WEIR_STATE_TOO_LARGE', domain: 'user', retry: 'never',
      message: `${count} keys in one subtask are more than the heap backend can hold`,
      hint: 'Raise the parallelism, or keep state of this size in a backend on disk.',
      details: { count },
    });
  }
}

/** A checkpoint holds keyed state in another backend's own format. */
export class StateFormatError extends WeirError {
  constructor(operatorName: string, format: string, backend: string) {
    super({
      code: 'WEIR_STATE_FORMAT', domain: 'user', retry: 'never',
      message: `keyed state of operator "${operatorName}" is kept in ${format} files, which the ${backend} backend does not read`,
      hint: `Start the job with state.backend.type: ${format}, take a savepoint, and start from that with the other backend.`,
      details: { operatorName, format, backend },
    });
  }
}

/** The configuration asks for a backend that this process does not offer. */
export class StateBackendUnavailableError extends WeirError {
  constructor(type: string) {
    super({
      code: 'WEIR_STATE_BACKEND_UNAVAILABLE', domain: 'user', retry: 'never',
      message: `this process has no state backend "${type}"`,
      hint: 'Set state.backend.type to heap, or run the job in a process that is built with this backend.',
      details: { type },
    });
  }
}

/** A task ended while a snapshot of its state was being captured. Nobody waits for it any more. */
export class StateClosedError extends WeirError {
  constructor() {
    super({
      code: 'WEIR_STATE_CLOSED', domain: 'internal', retry: 'restart',
      message: 'keyed state was closed before its snapshot was captured',
      hint: 'The task has ended; the checkpoint is given up, and the last completed one stands.',
    });
  }
}
