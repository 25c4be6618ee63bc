/** A cluster may change its leader, processes may be started again, a disk may be full: for a while no answer, or an unsure one, is no failure. */
import { isWeirError, type WeirError } from '@weir/base';
import type { Clock, Timers } from '@weir/ports';

export interface PatienceOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Silence of this length is a failure. */
  readonly limitMs: number;
  readonly pauseMs: number;
  /** Told once in each silence, with what came instead of an answer. */
  readonly onSilence?: (why: WeirError) => void;
}

const MAY_COME_BACK = new Set(['WEIR_CLUSTER_UNREACHABLE', 'WEIR_REST_NO_LEADER', 'WEIR_NOT_LEADER', 'WEIR_ASK_TIMEOUT', 'WEIR_ASK_NO_RECEIVER', 'WEIR_SUBMISSION_UNKNOWN']);

/** Repeats `call` while nobody answers. The call must be one that may be repeated. */
export async function withPatience<T>(call: () => Promise<T>, { clock, timers, limitMs, pauseMs, onSilence }: PatienceOptions): Promise<T> {
  const deadline = clock.monotonic() + limitMs;
  for (let told = false; ; ) {
    try {
      return await call();
    } catch (error) {
      if (!isWeirError(error) || !MAY_COME_BACK.has(error.code) || clock.monotonic() > deadline) throw error;
      if (!told) onSilence?.(error);
    }
    told = true;
    await new Promise<void>((resolve) => timers.after(pauseMs, resolve));
  }
}
