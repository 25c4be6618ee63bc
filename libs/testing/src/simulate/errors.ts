/** Coded errors of simulations. */
import { WeirError } from '@weir/base';
import { formatFailure, type SimulationFailure } from './failure.js';

/** A simulated run committed what no run without faults could, or did not end. */
export class SimulationFailedError extends WeirError {
  constructor(readonly failures: readonly SimulationFailure[]) {
    const [first] = failures;
    super({
      code: 'WEIR_SIMULATION_FAILED', domain: 'user', retry: 'never',
      message: `${failures.length === 1 ? 'a simulated run' : `${failures.length} simulated runs`} of job ${first.job} failed\n${formatFailure(first)}`,
      hint: 'Replay the seed and look at the named operator: keep everything it remembers in Weir state, and let it depend on nothing but that and its records.',
      details: { seeds: failures.map(({ seed }) => seed), operator: first.divergence?.operator ?? null },
    });
  }
}

/** The job cannot be simulated, or the options make no sense. */
export class SimulationUnsupportedError extends WeirError {
  constructor(message: string, hint: string) {
    super({ code: 'WEIR_SIMULATION_UNSUPPORTED', domain: 'user', retry: 'never', message, hint });
  }
}
