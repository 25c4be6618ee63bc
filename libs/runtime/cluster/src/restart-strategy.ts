/**
 * Whether and when a job is restarted after a failure. Pure: time and randomness come in as arguments, state stays inside.
 *
 *  R1  a failure within the delay of the one before is part of it: same restart, no further step of the backoff;
 *  R2  delays lie within [initial, maximum], jitter included.
 */
import type { Configuration } from '@weir/base';
import type { Random } from '@weir/ports';
import { clusterOptions } from './cluster-options.js';

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'give-up'; readonly strategy: string; readonly failures: number };

export interface RestartStrategy {
  /** Called once per failure of a region, in order of monotonic time. */
  onFailure(nowMs: number, random: Random): RestartDecision;
  /** A checkpoint has completed. */
  onProgress?(): void;
}

/** The strategy that the configuration names, within the limit of failures without progress. */
export function createRestartStrategy(configuration: Configuration): RestartStrategy {
  const limit = configuration.get(clusterOptions.failuresWithoutProgress);
  const strategy = namedStrategy(configuration);
  return limit < 0 ? strategy : new WhileProgressing(strategy, limit);
}

/**
 * Gives up when failures follow each other without a completed checkpoint in between: a record that fails each time, or a function that
 * throws whatever comes, would otherwise restart for ever.
 */
class WhileProgressing implements RestartStrategy {
  private failures = 0;

  constructor(private readonly strategy: RestartStrategy, private readonly limit: number) {}

  onFailure(nowMs: number, random: Random): RestartDecision {
    this.failures++;
    if (this.failures > this.limit) return { kind: 'give-up', strategy: 'without-progress', failures: this.failures };
    return this.strategy.onFailure(nowMs, random);
  }
  onProgress(): void {
    this.failures = 0;
  }
}

function namedStrategy(configuration: Configuration): RestartStrategy {
  const get = configuration.get.bind(configuration);
  switch (get(clusterOptions.restartStrategy)) {
    case 'none':
      return new FixedDelayRestart('none', 0, 0);
    case 'fixed-delay':
      return new FixedDelayRestart('fixed-delay', get(clusterOptions.fixedDelayAttempts), get(clusterOptions.fixedDelay));
    case 'failure-rate':
      return new FailureRateRestart(get(clusterOptions.failureRateMaximum), get(clusterOptions.failureRateInterval), get(clusterOptions.failureRateDelay));
    case 'exponential-delay':
      return new ExponentialDelayRestart({
        initialMs: get(clusterOptions.initialBackoff),
        maximumMs: get(clusterOptions.maxBackoff),
        multiplier: get(clusterOptions.backoffMultiplier),
        jitter: get(clusterOptions.jitterFactor),
        resetMs: get(clusterOptions.resetBackoff),
        attempts: get(clusterOptions.exponentialAttempts),
      });
  }
}

/** Always the same delay, a limited number of times. With 0 attempts: never. */
export class FixedDelayRestart implements RestartStrategy {
  private failures = 0;

  constructor(private readonly name: string, private readonly attempts: number, private readonly delayMs: number) {}

  onFailure(): RestartDecision {
    this.failures++;
    if (this.failures > this.attempts) return { kind: 'give-up', strategy: this.name, failures: this.failures };
    return { kind: 'restart', delayMs: this.delayMs };
  }
}

/** Gives up when more than `maximum` failures fall within `intervalMs`. */
export class FailureRateRestart implements RestartStrategy {
  private failureTimesMs: number[] = [];

  constructor(private readonly maximum: number, private readonly intervalMs: number, private readonly delayMs: number) {}

  onFailure(nowMs: number): RestartDecision {
    this.failureTimesMs = this.failureTimesMs.filter((at) => nowMs - at < this.intervalMs);
    this.failureTimesMs.push(nowMs);
    if (this.failureTimesMs.length > this.maximum) return { kind: 'give-up', strategy: 'failure-rate', failures: this.failureTimesMs.length };
    return { kind: 'restart', delayMs: this.delayMs };
  }
}

export interface ExponentialDelay {
  readonly initialMs: number;
  readonly maximumMs: number;
  /** >= 1. */
  readonly multiplier: number;
  /** 0.1 = up to 10 % up or down. */
  readonly jitter: number;
  /** Quiet time after which the backoff starts anew. */
  readonly resetMs: number;
  /** Negative: no limit. */
  readonly attempts: number;
}

/** Delays that grow with each failure (after Flink's ExponentialDelayRestartBackoffTimeStrategy). */
export class ExponentialDelayRestart implements RestartStrategy {
  private failures = 0;
  private nextMs: number;
  private lastFailureMs = -Infinity;
  private pendingUntilMs = -Infinity;

  constructor(private readonly options: ExponentialDelay) {
    this.nextMs = options.initialMs;
  }

  onFailure(nowMs: number, random: Random): RestartDecision {
    const { initialMs, maximumMs, multiplier, jitter, resetMs, attempts } = this.options;
    if (nowMs < this.pendingUntilMs) return { kind: 'restart', delayMs: this.pendingUntilMs - nowMs }; // R1
    if (nowMs - this.lastFailureMs >= resetMs) {
      this.failures = 0;
      this.nextMs = initialMs;
    }
    this.lastFailureMs = nowMs;
    this.failures++;
    if (attempts >= 0 && this.failures > attempts) return { kind: 'give-up', strategy: 'exponential-delay', failures: this.failures };
    const jittered = this.nextMs * (1 + jitter * (2 * random.next() - 1));
    const delayMs = Math.round(Math.min(Math.max(jittered, initialMs), Math.max(initialMs, maximumMs))); // R2
    this.nextMs = Math.min(this.nextMs * multiplier, maximumMs);
    this.pendingUntilMs = nowMs + delayMs;
    return { kind: 'restart', delayMs };
  }
}
