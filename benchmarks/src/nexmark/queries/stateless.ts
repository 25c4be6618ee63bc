/** Queries that look at one bid at a time: q0, q1, q2, q14, q21, q22. */
import type { Collector } from '@weir/datastream';
import { type Bid, isBid } from '../model/events.js';
import type { NexmarkQuery } from './query.js';

const EUROS = 0.908;

export const q0: NexmarkQuery<Pick<Bid, 'auction' | 'bidder' | 'price' | 'dateTime' | 'extra'>> = {
  name: 'q0', meaning: 'pass through', results: 'append',
  build: (events) => events.filter(isBid).map(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra })),
};

export const q1: NexmarkQuery<Pick<Bid, 'auction' | 'bidder' | 'price' | 'dateTime' | 'extra'>> = {
  name: 'q1', meaning: 'dollars to euros', results: 'append',
  build: (events) => events.filter(isBid).map(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price: EUROS * price, dateTime, extra })),
};

/** The suite's modulus is 123. */
export const everyNthAuction = (n: number): NexmarkQuery<Pick<Bid, 'auction' | 'price'>> => ({
  name: 'q2', meaning: `bids on every ${n}th auction`, results: 'append',
  build: (events) => events.filter(isBid).filter(({ auction }) => auction % n === 0).map(({ auction, price }) => ({ auction, price })),
});

export interface Calculated {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly bidTimeType: 'dayTime' | 'nightTime' | 'otherTime';
  readonly dateTime: number;
  readonly extra: string;
  readonly cCounts: number;
}

const HOUR = 3_600_000;

function bidTimeType(ms: number): Calculated['bidTimeType'] {
  const hour = Math.floor(ms / HOUR) % 24;
  if (hour >= 8 && hour <= 18) return 'dayTime';
  return hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime';
}

function countC(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 99) count++;
  return count;
}

export const q14: NexmarkQuery<Calculated> = {
  name: 'q14', meaning: 'calculation and a filter on its result', results: 'append',
  build: (events) => events.filter(isBid).flatMap((bid, out: Collector<Calculated>) => {
    const price = EUROS * bid.price;
    if (price <= 1_000_000 || price >= 50_000_000) return;
    const { auction, bidder, dateTime, extra } = bid;
    out.collect({ auction, bidder, price, bidTimeType: bidTimeType(dateTime), dateTime, extra, cCounts: countC(extra) });
  }),
};

export interface WithChannelId {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly channelId: string;
}

const CHANNEL_ID = /(?:&|^)channel_id=([^&]*)/;

function channelIdOf(bid: Bid): string | undefined {
  switch (bid.channel.toLowerCase()) {
    case 'apple':
      return '0';
    case 'google':
      return '1';
    case 'facebook':
      return '2';
    case 'baidu':
      return '3';
    default:
      return CHANNEL_ID.exec(bid.url)?.[1];
  }
}

export const q21: NexmarkQuery<WithChannelId> = {
  name: 'q21', meaning: 'channel ids by name or by regular expression', results: 'append',
  build: (events) => events.filter(isBid).flatMap((bid, out: Collector<WithChannelId>) => {
    const channelId = channelIdOf(bid);
    if (channelId === undefined) return;
    const { auction, bidder, price, channel } = bid;
    out.collect({ auction, bidder, price, channel, channelId });
  }),
};

export interface UrlDirectories {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly dir1: string | undefined;
  readonly dir2: string | undefined;
  readonly dir3: string | undefined;
}

export const q22: NexmarkQuery<UrlDirectories> = {
  name: 'q22', meaning: 'directories of the URL', results: 'append',
  build: (events) => events.filter(isBid).map(({ auction, bidder, price, channel, url }): UrlDirectories => {
    const parts = url.split('/', 6);
    return { auction, bidder, price, channel, dir1: parts[3], dir2: parts[4], dir3: parts[5] };
  }),
};
