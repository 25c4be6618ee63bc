/**
 * Makes event k of a Nexmark stream: a pure function of the options and k, so that any event can be made by any worker in any order.
 * Bit-exact against `golden/`.
 */
import type { Auction, Bid, NexmarkEvent, Person } from './events.js';
import { NEXMARK_DEFAULTS, type NexmarkOptions } from './nexmark-options.js';
import { initialState, SplitMix } from './split-mix.js';
import { drawText, POOL_LENGTH, type TextTables, textTables } from './text-tables.js';

const FIRST_ID = 1000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;
const HOT_BATCH = 100;
/** Ids slightly ahead of what exists. */
const LEAD = 10;
const OUT_OF_ORDER_STEP = 953;
const FIRST_NAMES = ['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter'];
const LAST_NAMES = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'];
const CITIES = ['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland', 'Bend', 'Redmond', 'Seattle', 'Kent', 'Cheyenne'];
const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];

export class NexmarkGenerator {
  private readonly options: NexmarkOptions;
  private readonly random = new SplitMix();
  private readonly tables: TextTables;
  private readonly total: number;
  private readonly delayMicros: number;
  private readonly seedHigh: number;
  private readonly seedLow: number;

  constructor(options: Partial<NexmarkOptions> = {}) {
    this.options = { ...NEXMARK_DEFAULTS, ...options };
    const { seed, person, auction, bid, eventsPerSecond } = this.options;
    this.tables = textTables(seed);
    this.total = person + auction + bid;
    this.delayMicros = 1_000_000 / eventsPerSecond;
    ({ high: this.seedHigh, low: this.seedLow } = initialState(seed, 0));
  }

  event(k: number): NexmarkEvent {
    const group = this.options.outOfOrderGroupSize;
    const n = group === 1 ? k : Math.floor(k / group) * group + (k * OUT_OF_ORDER_STEP) % group;
    const id = this.options.firstEventId + n;
    const low = (this.seedLow >>> 0) + (id % 4294967296);
    this.random.seed(this.seedHigh + Math.floor(id / 4294967296) + (low >= 4294967296 ? 1 : 0), low);
    const epoch = Math.floor(id / this.total);
    const offset = id - epoch * this.total;
    const { person, auction } = this.options;
    if (offset < person) return this.person(n, epoch, offset);
    if (offset < person + auction) return this.auction(n, epoch, offset);
    return this.bid(n, epoch);
  }

  /** Event time of event number n. */
  timestamp(n: number): number {
    return this.options.baseTimeMs + Math.floor(Math.floor(n * this.delayMicros) / 1000);
  }

  private person(n: number, epoch: number, offset: number): Person {
    const { random } = this;
    const id = FIRST_ID + epoch * this.options.person + offset;
    const name = `${FIRST_NAMES[random.below(11)]} ${LAST_NAMES[random.below(9)]}`;
    const emailAddress = `${drawText(random, 7)}@${drawText(random, 5)}.com`;
    const creditCard = `${this.fourDigits()} ${this.fourDigits()} ${this.fourDigits()} ${this.fourDigits()}`;
    const city = CITIES[random.below(10)];
    const state = STATES[random.below(6)];
    const used = 8 + name.length + emailAddress.length + creditCard.length + city.length + state.length;
    return { kind: 'person', id, name, emailAddress, creditCard, city, state, dateTime: this.timestamp(n), extra: this.extra(used, this.options.avgPersonBytes) };
  }

  private auction(n: number, epoch: number, offset: number): Auction {
    const { random } = this;
    const { person: people, auction: auctions, hotSellers, numInFlightAuctions, avgAuctionBytes } = this.options;
    const id = FIRST_ID + epoch * auctions + (offset - people);
    const lastPerson = epoch * people + people - 1;
    const seller = FIRST_ID + (random.below(hotSellers) > 0 ? Math.floor(lastPerson / HOT_BATCH) * HOT_BATCH : this.somePerson(lastPerson));
    const category = FIRST_CATEGORY + random.below(CATEGORIES);
    const initialBid = this.price();
    const dateTime = this.timestamp(n);
    const horizon = this.timestamp(n + Math.floor((numInFlightAuctions * this.total) / auctions)) - dateTime;
    const expires = dateTime + 1 + random.below(Math.max(2 * horizon, 1));
    const itemName = drawText(random, 20);
    const description = drawText(random, 100);
    const reserve = initialBid + this.price();
    const extra = this.extra(8 + itemName.length + description.length + 40, avgAuctionBytes);
    return { kind: 'auction', id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra };
  }

  private bid(n: number, epoch: number): Bid {
    const { random, tables } = this;
    const { person: people, auction: auctions, hotAuctions, hotBidders, avgBidBytes, doubleBidderOffset } = this.options;
    const lastAuction = epoch * auctions + auctions - 1;
    const lastPerson = epoch * people + people - 1;
    const auction = FIRST_ID + (random.below(hotAuctions) > 0 ? Math.floor(lastAuction / HOT_BATCH) * HOT_BATCH : this.someAuction(lastAuction));
    const bidder = FIRST_ID + (doubleBidderOffset ? FIRST_ID : 0)
      + (random.below(hotBidders) > 0 ? Math.floor(lastPerson / HOT_BATCH) * HOT_BATCH + 1 : this.somePerson(lastPerson));
    const price = this.price();
    const hot = random.below(2) > 0;
    const at = random.below(hot ? 4 : 10_000);
    const channel = hot ? tables.hotChannels[at] : tables.channels[at];
    const url = hot ? tables.hotUrls[at] : tables.urls[at];
    return { kind: 'bid', auction, bidder, price, channel, url, dateTime: this.timestamp(n), extra: this.extra(32, avgBidBytes) };
  }

  private somePerson(last: number): number {
    const count = last + 1;
    const active = Math.min(count, this.options.numActivePeople);
    return count - active + this.random.below(active + LEAD);
  }

  private someAuction(last: number): number {
    const first = Math.max(last - this.options.numInFlightAuctions, 0);
    return first + this.random.below(last - first + 1 + LEAD);
  }

  /** Log-uniform from 100 to 100,000,000. */
  private price(): number {
    const exponent = this.random.unit() * 6;
    // `exp` costs a third of `**` and differs in the last bits: only where these could decide the rounding is the exact one asked.
    const price = Math.exp(exponent * Math.LN10) * 100 + 0.5;
    const rounded = Math.floor(price);
    const rest = price - rounded;
    return rest > 1e-5 && rest < 1 - 1e-5 ? rounded : Math.floor(10 ** exponent * 100 + 0.5);
  }

  private fourDigits(): string {
    return String(this.random.below(10_000)).padStart(4, '0');
  }

  private extra(used: number, average: number): string {
    if (used > average) return '';
    const wanted = average - used;
    const spread = Math.floor(wanted * 0.2 + 0.5);
    const length = wanted - spread + (spread === 0 ? 0 : this.random.below(2 * spread));
    const at = this.random.below(POOL_LENGTH - length);
    return this.tables.pool.substring(at, at + length);
  }
}
