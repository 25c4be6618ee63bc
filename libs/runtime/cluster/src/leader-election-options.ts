/** Options of the leader election. Keys are Flink's. */
import { configOption } from '@weir/base';

export const leaderElectionOptions = {
  leaseDuration: configOption.durationMs('high-availability.lease-duration', 15_000, 'A leader that has not renewed its lease for this long leads no more; a standby takes over after it has seen no renewal for this long.'),
  renewInterval: configOption.durationMs('high-availability.renew-interval', 3000, 'Time between renewals of the lease; well below half of the lease.'),
};
