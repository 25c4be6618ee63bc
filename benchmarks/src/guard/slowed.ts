/** An engine that is slower than ours, to see that the guard notices. */
import type { Slowing } from '../loops/workloads.js';

const PART = 16;

/** Adds `sixteenths` / 16 dependent multiplications (about a nanosecond each) per record. */
export function slowedBy(sixteenths: number): Slowing {
  const work = { state: 1 };
  return (make) => (i) => {
    for (let left = (sixteenths + (i % PART)) >> 4; left > 0; left--) work.state = (Math.imul(work.state, 1103515245) + 12345) | 0;
    return make(i);
  };
}
