/** An order-sensitive sum: what a state of a key must hold after its events up to one of them. */
export function chained(chain: number, value: number): number {
  return (Math.imul(chain, 31) + value + 7) >>> 0;
}

/** Bytes of ballast in the state of each key of the large-state job. */
export const BALLAST = 200;

/** Of each key so many events give one line. */
export const LARGE_STATE_EVERY = 2;
