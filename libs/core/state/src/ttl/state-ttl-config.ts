/** How long state lives (Flink's StateTtlConfig). Time is processing time: the wall clock of the machine that runs the task. */
import type { KeyedStateDescriptor } from '../state-descriptors.js';

export interface StateTtlConfig {
  /** Milliseconds since the last write (or read). */
  readonly ttlMs: number;
  /** What begins the time anew. Default: writes. */
  readonly updateType: 'on-create-and-write' | 'on-read-and-write';
  /** Whether a read may return what has expired and is still there, one last time. Default: never. */
  readonly visibility: 'never-return-expired' | 'return-expired-if-not-cleaned-up';
  /** Keys that each access of the state looks at in passing, so that what nobody reads goes too. Default 2; 0: only reads remove. */
  readonly cleanupKeysPerAccess: number;
}

export const StateTtlConfig = {
  /** `ttl`: milliseconds, e.g. `Duration.hours(1)`. */
  of: (ttl: number, options: Partial<Omit<StateTtlConfig, 'ttlMs'>> = {}): StateTtlConfig => ({
    ttlMs: ttl, updateType: 'on-create-and-write', visibility: 'never-return-expired', cleanupKeysPerAccess: 2, ...options,
  }),
};

/**
 * The same state with a time to live. Lists expire element by element and maps entry by entry; the other kinds as a whole.
 *
 * @example
 * const lastSeen = enableTimeToLive(stateDescriptor.value('last-seen', types.long), StateTtlConfig.of(Duration.hours(1)));
 */
export function enableTimeToLive<D extends { readonly kind: KeyedStateDescriptor['kind'] }>(descriptor: D, ttl: StateTtlConfig): D & { readonly ttl: StateTtlConfig } {
  return { ...descriptor, ttl };
}
