/** Options of the JobMaster: how jobs are translated, restarted and recovered. Keys are Flink's. */
import { type ConfigOption, configOption } from '@weir/base';
import { GraphConfig } from '@weir/graph';

function numberOption(key: string, defaultValue: number, minimum: number, description: string): ConfigOption<number> {
  return {
    key, defaultValue, description, format: String,
    parse: (text) => {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value) || value < minimum) throw new Error(`expected a number of at least ${minimum}, got "${text}"`);
      return value;
    },
  };
}

export const clusterOptions = {
  ...GraphConfig,
  heartbeatInterval: configOption.durationMs('heartbeat.interval', 250, 'How often a node with watched actors is asked for a sign of life.'),
  heartbeatTimeout: configOption.durationMs('heartbeat.timeout', 5000, 'A node that gives no sign of life for this long counts as lost.'),
  slotRequestTimeout: configOption.durationMs('slot.request.timeout', 300_000, 'A job that has waited this long for slots fails with WEIR_NOT_ENOUGH_SLOTS, which the restart strategy may answer with another try.'),
  evenlySpreadOutSlots: configOption.boolean('cluster.evenly-spread-out-slots', true, 'Spreads the slots of a job over the TaskManagers with the most free slots; false fills one TaskManager after the other.'),
  ignoreUnclaimedState: configOption.boolean('execution.state-recovery.ignore-unclaimed-state', false, 'Lets a job start from a checkpoint that holds state of operators which the job no longer has.'),
  cancelFence: configOption.durationMs('task.cancellation.timeout', 10_000, 'A task that has not ended this long after it was cancelled is stopped by force.'),
  restartStrategy: configOption.oneOf('restart-strategy.type', ['none', 'fixed-delay', 'exponential-delay', 'failure-rate'], 'exponential-delay', 'What is done when a task fails.'),
  failuresWithoutProgress: configOption.integer('restart-strategy.max-failures-without-progress', -1, 'Failures in a row, without a completed checkpoint between them, before the job fails; -1: no limit. 10 in the embedded cluster.'),
  fixedDelayAttempts: configOption.integer('restart-strategy.fixed-delay.attempts', 1, 'Restarts before the job fails.'),
  fixedDelay: configOption.durationMs('restart-strategy.fixed-delay.delay', 1000, 'Time between failure and restart.'),
  initialBackoff: configOption.durationMs('restart-strategy.exponential-delay.initial-backoff', 100, 'Time between the first failure and the restart.'),
  maxBackoff: configOption.durationMs('restart-strategy.exponential-delay.max-backoff', 60_000, 'Longest time between failure and restart.'),
  backoffMultiplier: numberOption('restart-strategy.exponential-delay.backoff-multiplier', 1.5, 1, 'The delay is multiplied by this after each failure.'),
  jitterFactor: numberOption('restart-strategy.exponential-delay.jitter-factor', 0.1, 0, 'Part of the delay that is drawn at random, up or down.'),
  resetBackoff: configOption.durationMs('restart-strategy.exponential-delay.reset-backoff-threshold', 3_600_000, 'After this long without a failure the delay is the initial one again.'),
  exponentialAttempts: configOption.integer('restart-strategy.exponential-delay.attempts', -1, 'Restarts, counted from the last reset, before the job fails; -1: no limit.'),
  failureRateMaximum: configOption.integer('restart-strategy.failure-rate.max-failures-per-interval', 1, 'Failures within the interval before the job fails.'),
  failureRateInterval: configOption.durationMs('restart-strategy.failure-rate.failure-rate-interval', 60_000, 'The interval in which failures are counted.'),
  failureRateDelay: configOption.durationMs('restart-strategy.failure-rate.delay', 1000, 'Time between failure and restart.'),
};
