import { WeirError } from '@weir/base';

/** A file of the high-availability directory cannot be read as what it must be. */
export class RegisterDamagedError extends WeirError {
  constructor(readonly path: string, readonly reason: string) {
    super({
      code: 'WEIR_HA_REGISTER_DAMAGED',
      domain: 'external',
      retry: 'never',
      message: `the register file ${path} is damaged: ${reason}`,
      hint:
        'Check the disk. Moving this file away makes Weir use the version before it, and so an older checkpoint: do that only if ' +
        'no sink committed anything since.',
      details: { path, reason },
    });
  }
}

/** Whether the register was set cannot be told: others have gone on meanwhile. */
export class RegisterOutcomeUnknownError extends WeirError {
  constructor(readonly path: string, readonly largestVersion: number) {
    super({
      code: 'WEIR_HA_OUTCOME_UNKNOWN',
      domain: 'external',
      retry: 'later',
      message: `${path} was written, but version ${largestVersion} exists already`,
      hint: 'Another leader went on while this process stood still; Weir reads the register again and steps down if it was deposed.',
      details: { path, largestVersion },
    });
  }
}
