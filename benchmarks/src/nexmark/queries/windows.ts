/** Windows over bids: q5, q7, q11, q12. */
import {
  type Collector, Duration, EventTimeSessionWindows, type KeyedProcessContext, KeyedProcessFunction, type ListState, type OnTimerContext, type RuntimeContext,
  SlidingEventTimeWindows, stateDescriptor, TumblingProcessingTimeWindows, type ValueState, type WindowedNumber,
} from '@weir/datastream';
import { type Bid, isBid } from '../model/events.js';
import { type NexmarkQuery, TEN_SECONDS } from './query.js';

// ---- q5: the auctions with most bids in the last ten seconds, every two -----------------------------------------------------------------

export interface HotItem {
  readonly auction: number;
  readonly num: number;
  readonly windowStart: number;
}

/** Keeps those with the largest count of each window; tells them when the window is complete. */
class Hottest extends KeyedProcessFunction<number, WindowedNumber<number>, HotItem> {
  private most!: ValueState<number>;
  private items!: ListState<number>;
  override open(context: RuntimeContext): void {
    this.most = context.getState(stateDescriptor.value('most bids', undefined, 0));
    this.items = context.getListState(stateDescriptor.list<number>('auctions with most bids'));
  }
  processElement({ key, value, windowEnd }: WindowedNumber<number>, context: KeyedProcessContext<number>): void {
    const most = this.most.value() as number;
    if (value < most) return;
    if (value > most) {
      if (most === 0) context.timerService().registerEventTimeTimer(windowEnd);
      this.most.update(value);
      this.items.clear();
    }
    this.items.add(key);
  }
  override onTimer(windowEnd: number, _context: OnTimerContext<number>, out: Collector<HotItem>): void {
    const num = this.most.value() as number;
    for (const auction of this.items.get()) out.collect({ auction, num, windowStart: windowEnd - TEN_SECONDS });
    this.most.clear();
    this.items.clear();
  }
}

export const q5: NexmarkQuery<HotItem> = {
  name: 'q5', meaning: 'auctions with most bids in the last ten seconds, every two', results: 'append',
  build: (events) => events.filter(isBid).keyBy(({ auction }) => auction)
    .window(SlidingEventTimeWindows.of(Duration.seconds(10), Duration.seconds(2))).count().uid('bids per auction')
    .keyBy(({ windowEnd }) => windowEnd).process(new Hottest()).uid('hottest'),
};

// ---- q7: the highest bid of each ten seconds --------------------------------------------------------------------------------------------

type HighBid = Pick<Bid, 'auction' | 'price' | 'bidder' | 'dateTime' | 'extra'>;

/**
 * Windows include both of their ends, as the query's BETWEEN does: a bid at the very border belongs to two of them. Keyed by the window in which the
 * bid lies; a border bid is offered to the window before as well.
 */
class HighestBids extends KeyedProcessFunction<number, { readonly windowEnd: number; readonly bid: Bid; readonly isBorder: boolean }, HighBid> {
  private best!: ValueState<number>;
  private bids!: ListState<Bid>;
  private border!: ListState<Bid>;
  override open(context: RuntimeContext): void {
    this.best = context.getState(stateDescriptor.value('highest price', undefined, -1));
    this.bids = context.getListState(stateDescriptor.list<Bid>('highest bids'));
    this.border = context.getListState(stateDescriptor.list<Bid>('bids at the end'));
  }
  processElement(
    { windowEnd, bid, isBorder }: { readonly windowEnd: number; readonly bid: Bid; readonly isBorder: boolean }, context: KeyedProcessContext<number>,
  ): void {
    if (isBorder) {
      this.border.add(bid);
      context.timerService().registerEventTimeTimer(windowEnd);
      return;
    }
    const best = this.best.value() as number;
    if (bid.price < best) return;
    if (bid.price > best) {
      if (best < 0) context.timerService().registerEventTimeTimer(windowEnd);
      this.best.update(bid.price);
      this.bids.clear();
    }
    this.bids.add(bid);
  }
  override onTimer(_windowEnd: number, _context: OnTimerContext<number>, out: Collector<HighBid>): void {
    const best = this.best.value() as number;
    for (const bid of this.bids.get()) out.collect(highBid(bid));
    for (const bid of this.border.get()) if (bid.price === best) out.collect(highBid(bid));
    this.best.clear();
    this.bids.clear();
    this.border.clear();
  }
}

function highBid({ auction, price, bidder, dateTime, extra }: Bid): HighBid {
  return { auction, price, bidder, dateTime, extra };
}

/** Lets through only bids that are the highest of their window so far in this subtask: what is lower cannot be the highest of all. */
function risingBids(): (bid: Bid, out: Collector<{ windowEnd: number; bid: Bid; isBorder: boolean }>) => void {
  const highest = new Map<number, number>();
  return (bid, out) => {
    const windowStart = bid.dateTime - (bid.dateTime % TEN_SECONDS);
    if (bid.dateTime === windowStart) out.collect({ windowEnd: windowStart, bid, isBorder: true });
    const best = highest.get(windowStart);
    if (best !== undefined && bid.price < best) return;
    highest.set(windowStart, bid.price);
    if (best === undefined && highest.size > 8) highest.delete(Math.min(...highest.keys())); // a forgotten window only lets more through
    out.collect({ windowEnd: windowStart + TEN_SECONDS, bid, isBorder: false });
  };
}

export const q7: NexmarkQuery<HighBid> = {
  name: 'q7', meaning: 'the highest bids of each ten seconds', results: 'append',
  build: (events) => events.filter(isBid).flatMap(risingBids()).keyBy(({ windowEnd }) => windowEnd).process(new HighestBids()).uid('highest bids'),
};

// ---- q11: bids per session of a bidder; q12: per ten seconds of processing time ---------------------------------------------------------

export const q11: NexmarkQuery<WindowedNumber<number>> = {
  name: 'q11', meaning: 'bids per session of a bidder', results: 'append',
  build: (events) => events.filter(isBid).keyBy(({ bidder }) => bidder).window(EventTimeSessionWindows.withGap(Duration.seconds(10))).count().uid('sessions'),
};

export const q12: NexmarkQuery<WindowedNumber<number>> = {
  name: 'q12', meaning: 'bids per bidder in ten seconds of processing time', results: 'append',
  build: (events) => events.filter(isBid).keyBy(({ bidder }) => bidder).window(TumblingProcessingTimeWindows.of(Duration.seconds(10))).count().uid('bids per bidder'),
};
