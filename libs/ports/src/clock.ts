/** Time as the runtime sees it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump in both directions: for processing time and display only. */
  now(): number;
  /** Milliseconds since an arbitrary start; never falls. For every timeout, lease and duration. */
  monotonic(): number;
}
