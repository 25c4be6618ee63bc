/**
 * How far producers may be ahead of a channel's consumer when frames are bytes.
 *
 * All channels of a connection share it: Flink's credits are buffers, ours are frames, and a frame is `frameBytes` for common records and
 * MESSAGE_BYTES_MAX (four times the default) at most. So the default of 4 MiB for one connection is 16 MiB at most, with records of many KB; beyond
 * 128 channels a slot, two frames a channel are more than that, and are granted all the same: with one, a channel would stand still for each credit.
 */
export interface InFlightBudget {
  readonly frameBytes: number;
  /** For one channel at most. */
  readonly bytesPerChannel: number;
  /** For all tasks of the connection. */
  readonly bytesInFlight: number;
  /** Tasks that share the connection. */
  readonly tasks: number;
  /** Input channels of this task. */
  readonly channels: number;
}

export const FRAMES_IN_FLIGHT_MIN = 2;

export function framesInFlight({ frameBytes, bytesPerChannel, bytesInFlight, tasks, channels }: InFlightBudget): number {
  const share = bytesInFlight / (Math.max(1, tasks) * Math.max(1, channels));
  return Math.max(FRAMES_IN_FLIGHT_MIN, Math.floor(Math.min(bytesPerChannel, share) / frameBytes));
}
