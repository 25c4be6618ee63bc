/** Every query over the 1,200 events of the golden stream against answers computed by DuckDB and PostgreSQL. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { StreamExecutionEnvironment, type WindowedNumber } from '@weir/datastream';
import '@weir/local';
import { timeText } from '../src/nexmark/model/event-text.js';
import { isBid } from '../src/nexmark/model/events.js';
import { NexmarkGenerator } from '../src/nexmark/model/nexmark-generator.js';
import { nexmarkSource, nexmarkWatermarks } from '../src/nexmark/nexmark-source.js';
import { type BidStatistics, q15, q16, q17 } from '../src/nexmark/queries/daily.js';
import { q20, q23, q3, q4, q8, q9 } from '../src/nexmark/queries/joins.js';
import type { NexmarkQuery } from '../src/nexmark/queries/query.js';
import { everyNthAuction, q0, q1, q14, q21, q22 } from '../src/nexmark/queries/stateless.js';
import { q18, q19 } from '../src/nexmark/queries/top.js';
import { q11, q12, q5, q7 } from '../src/nexmark/queries/windows.js';

const EVENTS = 1200;
const OPTIONS = { seed: 1, eventsPerSecond: 25, avgPersonBytes: 120, avgAuctionBytes: 160, avgBidBytes: 40 };
type Row = readonly unknown[];
const answers = JSON.parse(readFileSync(new URL('../src/nexmark/golden/answers.json', import.meta.url), 'utf8')) as Record<string, { rows: readonly Row[] }>;

async function run<R>(query: NexmarkQuery<R>, parallelism: number): Promise<R[]> {
  const env = new StreamExecutionEnvironment();
  env.setParallelism(parallelism);
  const results = await query.build(env.fromSource(nexmarkSource(EVENTS, OPTIONS), nexmarkWatermarks, 'events').uid('events')).executeAndCollect();
  if (query.results === 'append') return results;
  const { keyOf } = query.results;
  return [...new Map(results.map((result) => [keyOf(result), result])).values()];
}

/** Euros are decimals with three digits in the answers. */
const euros = (price: number): string => price.toFixed(3);
const counts = ({ bids, bidders, auctions }: BidStatistics): Row =>
  [bids, bidders, auctions].flatMap(({ total, rank1, rank2, rank3 }) => [total, rank1, rank2, rank3]);
const sorted = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** What the answers show of each result; undefined: the answers leave it out to stay short. */
function cases(): readonly (readonly [string, NexmarkQuery<never>, (result: never) => Row | undefined])[] {
  const one = <R>(answer: string, query: NexmarkQuery<R>, row: (result: R) => Row | undefined) => [answer, query, row] as never;
  return [
    one('q00', q0, (r) => [r.auction, r.bidder, r.price, timeText(r.dateTime), r.extra]),
    one('q01', q1, (r) => [r.auction, r.bidder, euros(r.price), timeText(r.dateTime)]),
    one('q02', everyNthAuction(11), (r) => [r.auction, r.price]),
    one('q03', q3, (r) => [r.name, r.city, r.state, r.id]),
    one('q04', q4, (r) => [r.category, r.mean]),
    one('q05', q5, (r) => [r.auction, r.num, timeText(r.windowStart)]),
    one('q07', q7, (r) => [r.auction, r.price, r.bidder, timeText(r.dateTime)]),
    one('q08', q8, (r) => [r.id, r.name, timeText(r.windowStart)]),
    one('q09', q9, (r) => [r.id, r.seller, r.category, r.bidder, r.price, timeText(r.bidDateTime)]),
    one('q11', q11, (r) => [r.key, r.value, timeText(r.windowStart), timeText(r.windowEnd)]),
    one('q14', q14, (r) => [r.auction, r.bidder, euros(r.price), r.bidTimeType, r.cCounts]),
    one('q15', q15, (r) => [r.day, ...counts(r)]),
    one('q16', q16, (r) => (['Google', 'Facebook', 'Baidu', 'Apple'].includes(r.channel) ? [r.channel, r.day, r.minute, ...counts(r)] : undefined)),
    one('q17', q17, (r) => [r.auction, r.day, ...Object.values(r.bids), r.minPrice, r.maxPrice, r.avgPrice, r.sumPrice]),
    one('q18', q18, (r) => [r.auction, r.bidder, r.price, timeText(r.dateTime)]),
    one('q19', q19, (r) => [r.bid.auction, r.bid.bidder, r.bid.price, r.rank]),
    one('q20', q20, (r) => [r.auction, r.bidder, r.price, r.itemName, r.seller]),
    one('q21', q21, (r) => (r.price > 100_000 ? [r.auction, r.channel, r.channelId] : undefined)),
    one('q22', q22, (r) => (r.price > 500_000 ? [r.auction, r.dir1, r.dir2, r.dir3] : undefined)),
    one('q23', q23, ({ bid, person, auction }) => (bid.price > 8_000_000 ? [bid.bidder, bid.price, person.name, auction.itemName, auction.category] : undefined)),
  ];
}

describe('a Nexmark query', () => {
  it.each(cases())('gives the answers of %s at parallelism 1 and 3', async (answer, query, row) => {
    const expected = sorted(answers[answer].rows);
    for (const parallelism of [1, 3]) {
      const rows = (await run(query, parallelism)).map(row).filter((it) => it !== undefined);
      expect(sorted(rows)).toEqual(expected);
    }
  });

  it('q12 counts every bid once, whatever the wall clock says', async () => {
    const generator = new NexmarkGenerator(OPTIONS);
    const bids = Array.from({ length: EVENTS }, (_, k) => generator.event(k)).filter(isBid).length;
    for (const parallelism of [1, 3]) {
      const counted = (await run<WindowedNumber<number>>(q12, parallelism)).reduce((sum, { value }) => sum + value, 0);
      expect({ parallelism, counted }).toEqual({ parallelism, counted: bids });
    }
  });
});
