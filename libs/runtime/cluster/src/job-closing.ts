/** Ends a job in its register when no JobMaster of it can: it was never accepted, or it is cancelled while none runs. */
import type { JobId } from '@weir/base';
import { LeadershipLostError } from '@weir/checkpoint';
import type { HighAvailability, JobRegister } from '@weir/ports';

const TRIES = 5;

export function isTerminalRegister(register: JobRegister | undefined): register is JobRegister & { readonly status: 'finished' | 'failed' | 'canceled' } {
  return register !== undefined && register.status !== 'running';
}

/**
 * The register in a terminal state: this one, or the one that was there first. Claims a term of the job, so that a JobMaster that is not gone after all
 * completes nothing more. Rejects with `WEIR_LEADERSHIP_LOST` when a later term exists.
 */
export async function closeJob(highAvailability: HighAvailability, jobId: JobId, status: 'failed' | 'canceled'): Promise<JobRegister> {
  const epoch = await highAvailability.claimEpoch();
  for (let tries = 0; tries < TRIES; tries++) {
    const current = await highAvailability.readRegister(jobId);
    if (isTerminalRegister(current?.value)) return current.value;
    if (current !== undefined && current.value.epoch > epoch) throw new LeadershipLostError(epoch, `the register belongs to epoch ${current.value.epoch}`);
    const next: JobRegister = { ...current?.value, epoch, status };
    if ((await highAvailability.compareAndSetRegister(jobId, current?.version ?? 0, next)) === 'set') return next;
  }
  throw new LeadershipLostError(epoch, 'the register changes all the time');
}
