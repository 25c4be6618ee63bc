/** A cluster may change its leader, and processes may be started again: for a while no answer is no failure. */
import { isWeirError } from '@weir/base';
import type { Clock, Timers } from '@weir/ports';

export interface PatienceOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Silence of this length is a failure. */
  readonly limitMs: number;
  readonly pauseMs: number;
  /** Told once in each silence. */
  readonly onSilence?: () => void;
}

const MAY_COME_BACK = new Set(['WEIR_CLUSTER_UNREACHABLE', 'WEIR_REST_NO_LEADER', 'WEIR_NOT_LEADER', 'WEIR_ASK_TIMEOUT', 'WEIR_ASK_NO_RECEIVER']);

/** Repeats `call` while nobody answers. The call must be one that may be repeated. */
export async function withPatience<T>(call: () => Promise<T>, { clock, timers, limitMs, pauseMs, onSilence }: PatienceOptions): Promise<T> {
  const deadline = clock.monotonic() + limitMs;
  for (let told = false; ; ) {
    try {
      return await call();
    } catch (error) {
      if (!isWeirError(error) || !MAY_COME_BACK.has(error.code) || clock.monotonic() > deadline) throw error;
    }
    if (!told) onSilence?.();
    told = true;
    await new Promise<void>((resolve) => timers.after(pauseMs, resolve));
  }
}
