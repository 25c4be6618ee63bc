/** The last and the dearest: q18, q19. */
import { type Collector, type KeyedProcessContext, KeyedProcessFunction, type RuntimeContext, stateDescriptor, type ValueState } from '@weir/datastream';
import { type Bid, isBid } from '../model/events.js';
import type { NexmarkQuery } from './query.js';

class LastBids extends KeyedProcessFunction<number, Bid, Bid> {
  private last!: ValueState<Bid>;
  override open(context: RuntimeContext): void {
    this.last = context.getState(stateDescriptor.value<Bid>('last bid'));
  }
  processElement(bid: Bid, _context: KeyedProcessContext<number>, out: Collector<Bid>): void {
    const last = this.last.value();
    if (last !== undefined && bid.dateTime < last.dateTime) return;
    this.last.update(bid);
    out.collect(bid);
  }
}

/** Bidder and auction in one number; ids stay below 2^26. */
const bidderAndAuction = ({ bidder, auction }: Bid): number => bidder * 67_108_864 + auction;

export const q18: NexmarkQuery<Bid> = {
  name: 'q18', meaning: 'the last bid of each bidder on each auction', results: { keyOf: ({ bidder, auction }) => `${bidder} ${auction}` },
  build: (events) => events.filter(isBid).keyBy(bidderAndAuction).process(new LastBids()).uid('last bids'),
};

const TOP = 10;

export interface RankedBid {
  readonly bid: Bid;
  /** From 1. */
  readonly rank: number;
}

/** Holds the ten dearest bids, dearest first; tells of every bid whose rank has changed. */
class DearestBids extends KeyedProcessFunction<number, Bid, RankedBid> {
  private top!: ValueState<Bid[]>;
  override open(context: RuntimeContext): void {
    this.top = context.getState(stateDescriptor.value<Bid[]>('dearest bids'));
  }
  processElement(bid: Bid, _context: KeyedProcessContext<number>, out: Collector<RankedBid>): void {
    const top = this.top.value() ?? [];
    let at = top.length;
    while (at > 0 && top[at - 1].price < bid.price) at--;
    if (at === TOP) return;
    top.splice(at, 0, bid);
    if (top.length > TOP) top.pop();
    this.top.update(top);
    for (let i = at; i < top.length; i++) out.collect({ bid: top[i], rank: i + 1 });
  }
}

export const q19: NexmarkQuery<RankedBid> = {
  name: 'q19', meaning: 'the ten dearest bids of each auction', results: { keyOf: ({ bid, rank }) => `${bid.auction} ${rank}` },
  build: (events) => events.filter(isBid).keyBy(({ auction }) => auction).process(new DearestBids()).uid('dearest bids'),
};
