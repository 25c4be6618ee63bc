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
const zero = (): Counts => ({ total: 0, rank1: 0, rank2: 0, rank3: 0 });

function add(counts: Counts, rank: 0 | 1 | 2): void {
  if (rank === 0) counts.rank1++;
  else if (rank === 1) counts.rank2++;
  else counts.rank3++;
}

/** Counts the distinct ids, overall and by rank. `seen` holds a bit per rank. */
function addDistinct(counts: Counts, seen: MapState<number, number>, id: number, rank: 0 | 1 | 2): boolean {
  const before = seen.get(id) ?? 0;
  const bit = 1 << rank;
  if ((before & bit) !== 0) return false;
  seen.put(id, before | bit);
  if (before === 0) counts.total++;
  add(counts, rank);
  return true;
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
    const bids = { ...(this.bids.value() ?? zero()) };
    bids.total++;
    add(bids, rank);
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
  /** What was given out is never changed: a new object each time that a count changes. */
  private distinct(state: ValueState<Counts>, seen: MapState<number, number>, id: number, rank: 0 | 1 | 2): Counts {
    const before = state.value() ?? zero();
    const counts = { ...before };
    if (!addDistinct(counts, seen, id, rank)) return before;
    state.update(counts);
    return counts;
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
    const prices = this.prices.value() ?? { ...zero(), min: Infinity, max: -Infinity, sum: 0 };
    prices.total++;
    add(prices, rankOf(price));
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
