/** Event time is milliseconds since 1970 as a plain number, so that it needs no boxing of its own. */

/** The timestamp of a record that has none. Smaller than every real one. */
export const NO_TIMESTAMP = Number.NEGATIVE_INFINITY;
/** The watermark before any was emitted. */
export const MIN_WATERMARK = Number.NEGATIVE_INFINITY;
/** The watermark at the end of a bounded stream: no record follows. */
export const MAX_WATERMARK = Number.POSITIVE_INFINITY;
