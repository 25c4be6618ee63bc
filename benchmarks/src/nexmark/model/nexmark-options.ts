/** Options of the generator with the defaults of the suite. */
export interface NexmarkOptions {
  readonly seed: number;
  /** Of event time, over all generators. */
  readonly eventsPerSecond: number;
  readonly person: number;
  readonly auction: number;
  readonly bid: number;
  /** A hot one is chosen with probability 1 - 1/ratio. */
  readonly hotAuctions: number;
  readonly hotBidders: number;
  readonly hotSellers: number;
  readonly numActivePeople: number;
  readonly numInFlightAuctions: number;
  readonly avgPersonBytes: number;
  readonly avgAuctionBytes: number;
  readonly avgBidBytes: number;
  /** 1: in order. */
  readonly outOfOrderGroupSize: number;
  readonly baseTimeMs: number;
  readonly firstEventId: number;
  readonly doubleBidderOffset: boolean;
}

export const NEXMARK_DEFAULTS: NexmarkOptions = {
  seed: 0, eventsPerSecond: 10_000, person: 1, auction: 3, bid: 46, hotAuctions: 2, hotBidders: 4, hotSellers: 4,
  numActivePeople: 1000, numInFlightAuctions: 100, avgPersonBytes: 200, avgAuctionBytes: 500, avgBidBytes: 100, outOfOrderGroupSize: 1,
  baseTimeMs: 1_700_000_000_000, firstEventId: 0, doubleBidderOffset: false,
};
