/**
 * While a simulation runs, `Date` and `Math.random` of this thread answer from the simulated world: a job that asks them is as repeatable as
 * its seed, though wrong. Ended by the function that `simulateAmbient` gives back.
 */
export interface Ambient {
  readonly now: () => number;
  readonly random: () => number;
}

export function simulateAmbient(ambient: Ambient): () => void {
  const RealDate = globalThis.Date;
  const realRandom = Math.random;
  class SimulatedDate extends RealDate {
    constructor(...args: unknown[]) {
      super(...((args.length === 0 ? [ambient.now()] : args) as [number]));
    }
    static override now(): number {
      return ambient.now();
    }
  }
  globalThis.Date = SimulatedDate as DateConstructor;
  Math.random = ambient.random;
  return () => {
    globalThis.Date = RealDate;
    Math.random = realRandom;
  };
}
