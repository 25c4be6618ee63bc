/** Statistics per day that are brought up to date with each bid: q15, q16, q17. */
import { type Collector, type KeyedProcessContext, KeyedProcessFunction, type MapState, type RuntimeContext, stateDescriptor, types, type ValueState } from '@weir/datastream';
import { type Bid, isBid } from '../model/events.js';
import { dayFormatter, minuteFormatter, type NexmarkQuery } from './query.js';

/** 0: below 10,000; 1: below 1,000,000; 2: the rest. */
const rankOf = (price: number): 0 | 1 | 2 => (price < 10_000 ? 0 : price < 1_000_000 ? 1 : 2);

const BID_COUNTS = types.row({
  total: types.long, rank1: types.long, rank2: types.long, rank3: types.long,
});
interface Counts {
  total: number;
  rank1: number;
  rank2: number;
  rank3: number;
}
const ZERO: Readonly<Counts> = { total: 0, rank1: 0, rank2: 0, rank3: 0 };

/** The counts with one more; what was given out before is never changed. */
function plusOne({ total, rank1, rank2, rank3 }: Counts, isNew: boolean, rank: 0 | 1 | 2): Counts {
  return { total: total + (isNew ? 1 : 0), rank1: rank1 + (rank === 0 ? 1 : 0), rank2: rank2 + (rank === 1 ? 1 : 0), rank3: rank3 + (rank === 2 ? 1 : 0) };
}

export interface BidStatistics {
  readonly channel: string;
  readonly day: string;
  readonly minute: string;
  readonly bids: Readonly<Counts>;
  readonly bidders: Readonly<Counts>;
  readonly auctions: Readonly<Counts>;
}

class Statistics extends KeyedProcessFunction<string, Bid, BidStatistics> {
  private bids!: ValueState<Counts>;
  private bidders!: ValueState<Counts>;
  private auctions!: ValueState<Counts>;
  private minute!: ValueState<string>;
  private seenBidders!: MapState<number, number>;
  private seenAuctions!: MapState<number, number>;
  private readonly day = dayFormatter();
  private readonly minuteOf = minuteFormatter();
  constructor(private readonly byChannel: boolean) {
    super();
  }
  override open(context: RuntimeContext): void {
    this.bids = context.getState(stateDescriptor.value('bids', BID_COUNTS));
    this.bidders = context.getState(stateDescriptor.value('bidders', BID_COUNTS));
    this.auctions = context.getState(stateDescriptor.value('auctions', BID_COUNTS));
    this.minute = context.getState(stateDescriptor.value('last minute', types.string, ''));
    this.seenBidders = context.getMapState(stateDescriptor.map('seen bidders', types.long, types.int));
    this.seenAuctions = context.getMapState(stateDescriptor.map('seen auctions', types.long, types.int));
  }
  processElement(bid: Bid, _context: KeyedProcessContext<string>, out: Collector<BidStatistics>): void {
    const rank = rankOf(bid.price);
    const bids = plusOne(this.bids.value() ?? ZERO, true, rank);
    this.bids.update(bids);
    const bidders = this.distinct(this.bidders, this.seenBidders, bid.bidder, rank);
    const auctions = this.distinct(this.auctions, this.seenAuctions, bid.auction, rank);
    let minute = this.minute.value() as string;
    const now = this.minuteOf(bid.dateTime);
    if (now > minute) {
      minute = now;
      this.minute.update(now);
    }
    out.collect({ channel: this.byChannel ? bid.channel : '', day: this.day(bid.dateTime), minute, bids, bidders, auctions });
  }
  /** Distinct ids, overall and by rank: `seen` holds a bit per rank. */
  private distinct(state: ValueState<Counts>, seen: MapState<number, number>, id: number, rank: 0 | 1 | 2): Counts {
    const before = seen.get(id) ?? 0;
    const counts = state.value() ?? ZERO;
    const bit = 1 << rank;
    if ((before & bit) !== 0) return counts;
    seen.put(id, before | bit);
    const more = plusOne(counts, before === 0, rank);
    state.update(more);
    return more;
  }
}

function dayKey(): (bid: Bid) => string {
  const day = dayFormatter();
  return (bid) => day(bid.dateTime);
}

export const q15: NexmarkQuery<BidStatistics> = {
  name: 'q15', meaning: 'bids, bidders and auctions per day', results: { keyOf: ({ day }) => day },
  build: (events) => events.filter(isBid).keyBy(dayKey()).process(new Statistics(false)).uid('statistics'),
};

function channelAndDayKey(): (bid: Bid) => string {
  const day = dayFormatter();
  return (bid) => `${bid.channel} ${day(bid.dateTime)}`;
}

export const q16: NexmarkQuery<BidStatistics> = {
  name: 'q16', meaning: 'bids, bidders and auctions per channel and day', results: { keyOf: ({ channel, day }) => `${channel} ${day}` },
  build: (events) => events.filter(isBid).keyBy(channelAndDayKey()).process(new Statistics(true)).uid('statistics'),
};

export interface AuctionStatistics {
  readonly auction: number;
  readonly day: string;
  readonly bids: Readonly<Counts>;
  readonly minPrice: number;
  readonly maxPrice: number;
  readonly avgPrice: number;
  readonly sumPrice: number;
}

const PRICES = types.row({ total: types.long, rank1: types.long, rank2: types.long, rank3: types.long, min: types.long, max: types.long, sum: types.long });
interface Prices extends Counts {
  min: number;
  max: number;
  sum: number;
}

class PricesOfAuctions extends KeyedProcessFunction<number, Bid, AuctionStatistics> {
  private prices!: ValueState<Prices>;
  private readonly day = dayFormatter();
  override open(context: RuntimeContext): void {
    this.prices = context.getState(stateDescriptor.value<Prices>('prices', PRICES));
  }
  processElement({ auction, price, dateTime }: Bid, _context: KeyedProcessContext<number>, out: Collector<AuctionStatistics>): void {
    const prices = this.prices.value() ?? { total: 0, rank1: 0, rank2: 0, rank3: 0, min: price, max: price, sum: 0 };
    const rank = rankOf(price);
    prices.total++;
    if (rank === 0) prices.rank1++;
    else if (rank === 1) prices.rank2++;
    else prices.rank3++;
    if (price < prices.min) prices.min = price;
    if (price > prices.max) prices.max = price;
    prices.sum += price;
    this.prices.update(prices);
    const { total, rank1, rank2, rank3, min, max, sum } = prices;
    out.collect({ auction, day: this.day(dateTime), bids: { total, rank1, rank2, rank3 }, minPrice: min, maxPrice: max, avgPrice: Math.trunc(sum / total), sumPrice: sum });
  }
}

const DAY = 86_400_000;
/** Auction and day in one number: auctions stay below 2^33 for days up to 2^20. */
const auctionAndDay = ({ auction, dateTime }: Bid): number => auction * 1_048_576 + Math.floor(dateTime / DAY);

export const q17: NexmarkQuery<AuctionStatistics> = {
  name: 'q17', meaning: 'prices per auction and day', results: { keyOf: ({ auction, day }) => `${auction} ${day}` },
  build: (events) => events.filter(isBid).keyBy(auctionAndDay).process(new PricesOfAuctions()).uid('prices'),
};
