/** How long to wait before a process that died is started again: not at all at first, then longer while it keeps dying young. */

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
/** A life of this length says that the start was good. */
const GOOD_LIFE_MS = 10_000;

export class RestartDelay {
  private youngDeaths = 0;

  /** The delay after a life of `livedMs`. */
  next(livedMs: number): number {
    this.youngDeaths = livedMs >= GOOD_LIFE_MS ? 1 : this.youngDeaths + 1;
    return this.youngDeaths === 1 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.youngDeaths - 2));
  }
}
