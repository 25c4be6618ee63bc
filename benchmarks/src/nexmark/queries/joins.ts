/**
 * Joins of persons, auctions and bids: q3, q4, q8, q9, q20, q23. All three come in one stream, so a join is one keyed process function over the
 * key that its sides share. Sides may come in any order; some refer to what never comes.
 */
import {
  type Collector, type KeyedProcessContext, KeyedProcessFunction, type ListState, type RuntimeContext, stateDescriptor, type ValueState,
} from '@weir/datastream';
import { type Auction, type Bid, isAuction, isPerson, type NexmarkEvent, type Person } from '../model/events.js';
import { type NexmarkQuery, TEN_SECONDS } from './query.js';

type Context = KeyedProcessContext<number>;

// ---- q3: who sells in category 10 in three states --------------------------------------------------------------------------------------

export interface LocalItem {
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly id: number;
}
const NEAR_STATES = new Set(['OR', 'ID', 'CA']);

class LocalItems extends KeyedProcessFunction<number, Person | Auction, LocalItem> {
  private person!: ValueState<Person>;
  private waiting!: ListState<number>;
  override open(context: RuntimeContext): void {
    this.person = context.getState(stateDescriptor.value<Person>('person'));
    this.waiting = context.getListState(stateDescriptor.list<number>('waiting auctions'));
  }
  processElement(event: Person | Auction, _context: Context, out: Collector<LocalItem>): void {
    if (event.kind === 'person') {
      this.person.update(event);
      for (const id of this.waiting.get()) out.collect(localItem(event, id));
      this.waiting.clear();
      return;
    }
    const person = this.person.value();
    if (person === undefined) this.waiting.add(event.id);
    else out.collect(localItem(person, event.id));
  }
}

function localItem({ name, city, state }: Person, id: number): LocalItem {
  return { name, city, state, id };
}

export const q3: NexmarkQuery<LocalItem> = {
  name: 'q3', meaning: 'items of category 10 sold in three states', results: 'append',
  build: (events) => events
    .filter((event): event is Person | Auction => (event.kind === 'auction' ? event.category === 10 : event.kind === 'person' && NEAR_STATES.has(event.state)))
    .keyBy((event) => (event.kind === 'person' ? event.id : event.seller))
    .process(new LocalItems()).uid('local items'),
};

// ---- q9: the winning bid of each auction; q4: their mean per category -------------------------------------------------------------------

type AuctionOrBid = Auction | Bid;
const isAuctionOrBid = (event: NexmarkEvent): event is AuctionOrBid => event.kind !== 'person';
const auctionOf = (event: AuctionOrBid): number => (event.kind === 'bid' ? event.auction : event.id);
const isWithin = (bid: Bid, auction: Auction): boolean => bid.dateTime >= auction.dateTime && bid.dateTime <= auction.expires;
const beats = (bid: Bid, best: Bid | undefined): boolean =>
  best === undefined || bid.price > best.price || (bid.price === best.price && bid.dateTime < best.dateTime);

/** Tells of each new best bid, with the one that it replaces. */
abstract class WinningBids<O> extends KeyedProcessFunction<number, AuctionOrBid, O> {
  private auction!: ValueState<Auction>;
  private best!: ValueState<Bid>;
  private early!: ListState<Bid>;
  override open(context: RuntimeContext): void {
    this.auction = context.getState(stateDescriptor.value<Auction>('auction'));
    this.best = context.getState(stateDescriptor.value<Bid>('best bid'));
    this.early = context.getListState(stateDescriptor.list<Bid>('bids before their auction'));
  }
  processElement(event: AuctionOrBid, _context: Context, out: Collector<O>): void {
    if (event.kind === 'auction') {
      this.auction.update(event);
      for (const bid of this.early.get()) this.offer(bid, event, out);
      this.early.clear();
      return;
    }
    const auction = this.auction.value();
    if (auction === undefined) this.early.add(event);
    else this.offer(event, auction, out);
  }
  private offer(bid: Bid, auction: Auction, out: Collector<O>): void {
    if (!isWithin(bid, auction)) return;
    const best = this.best.value();
    if (!beats(bid, best)) return;
    this.best.update(bid);
    this.won(auction, bid, best, out);
  }
  protected abstract won(auction: Auction, bid: Bid, before: Bid | undefined, out: Collector<O>): void;
}

export interface WinningBid extends Omit<Auction, 'kind'> {
  readonly bidder: number;
  readonly price: number;
  readonly bidDateTime: number;
  readonly bidExtra: string;
}

class AuctionsWithWinningBids extends WinningBids<WinningBid> {
  protected won(auction: Auction, bid: Bid, _before: Bid | undefined, out: Collector<WinningBid>): void {
    const { id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra } = auction;
    const { bidder, price } = bid;
    out.collect({
      id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra, bidder, price, bidDateTime: bid.dateTime, bidExtra: bid.extra,
    });
  }
}

export const q9: NexmarkQuery<WinningBid> = {
  name: 'q9', meaning: 'the winning bid of each auction', results: { keyOf: ({ id }) => String(id) },
  build: (events) => events.filter(isAuctionOrBid).keyBy(auctionOf).process(new AuctionsWithWinningBids()).uid('winning bids'),
};

interface PriceChange {
  readonly category: number;
  readonly price: number;
  /** 0: the auction had no bid before. */
  readonly before: number;
}

class PriceChanges extends WinningBids<PriceChange> {
  protected won({ category }: Auction, { price }: Bid, before: Bid | undefined, out: Collector<PriceChange>): void {
    if (price !== before?.price) out.collect({ category, price, before: before?.price ?? 0 });
  }
}

export interface CategoryMean {
  readonly category: number;
  readonly mean: number;
}

class MeanPrices extends KeyedProcessFunction<number, PriceChange, CategoryMean> {
  private sum!: ValueState<number>;
  private count!: ValueState<number>;
  override open(context: RuntimeContext): void {
    this.sum = context.getState(stateDescriptor.value('sum', undefined, 0));
    this.count = context.getState(stateDescriptor.value('count', undefined, 0));
  }
  processElement({ category, price, before }: PriceChange, _context: Context, out: Collector<CategoryMean>): void {
    const sum = (this.sum.value() as number) + price - before;
    const count = (this.count.value() as number) + (before === 0 ? 1 : 0);
    this.sum.update(sum);
    this.count.update(count);
    out.collect({ category, mean: Math.trunc(sum / count) });
  }
}

export const q4: NexmarkQuery<CategoryMean> = {
  name: 'q4', meaning: 'mean winning price per category', results: { keyOf: ({ category }) => String(category) },
  build: (events) => events.filter(isAuctionOrBid).keyBy(auctionOf).process(new PriceChanges()).uid('price changes')
    .keyBy(({ category }) => category).process(new MeanPrices()).uid('mean prices'),
};

// ---- q8: new persons who opened an auction in the same window ---------------------------------------------------------------------------

export interface NewSeller {
  readonly id: number;
  readonly name: string;
  readonly windowStart: number;
}

/** What the join reads of a person and of an auction, by the person's id: the rest does not travel, as in the plan of the suite's SQL. */
interface Entry {
  readonly person: number;
  /** Empty: he opened an auction. */
  readonly name: string;
  readonly windowStart: number;
}
const entryOf = (event: Person | Auction): Entry => {
  const windowStart = event.dateTime - (event.dateTime % TEN_SECONDS);
  return event.kind === 'person' ? { person: event.id, name: event.name, windowStart } : { person: event.seller, name: '', windowStart };
};

/** Person and window in one number, as a window join keys its state: readers may be some windows apart. Ids stay below 2^26; windows come round after 121 days. */
const personAndWindow = ({ person, windowStart }: Entry): number => ((windowStart / TEN_SECONDS) % 1_048_576) * 67_108_864 + person;

class NewSellers extends KeyedProcessFunction<number, Entry, NewSeller> {
  private newPerson!: ValueState<NewSeller>;
  private hasSold!: ValueState<boolean>;
  override open(context: RuntimeContext): void {
    this.newPerson = context.getState(stateDescriptor.value<NewSeller>('new person'));
    this.hasSold = context.getState(stateDescriptor.value<boolean>('opened an auction'));
  }
  processElement({ person: id, name, windowStart }: Entry, context: Context, out: Collector<NewSeller>): void {
    if (name !== '') {
      if (this.hasSold.value() === true) {
        out.collect({ id, name, windowStart });
        return;
      }
      this.newPerson.update({ id, name, windowStart });
    } else {
      const person = this.newPerson.value();
      if (person !== undefined) {
        out.collect(person);
        this.newPerson.clear(); // a person is new once
        return;
      }
      this.hasSold.update(true);
    }
    context.timerService().registerEventTimeTimer(windowStart + TEN_SECONDS);
  }
  override onTimer(): void {
    this.newPerson.clear();
    this.hasSold.clear();
  }
}

export const q8: NexmarkQuery<NewSeller> = {
  name: 'q8', meaning: 'new persons who opened an auction in the same ten seconds', results: 'append',
  build: (events) => events.filter((event): event is Person | Auction => event.kind !== 'bid').map(entryOf)
    .keyBy(personAndWindow).process(new NewSellers()).uid('new sellers'),
};

// ---- q20: bids with their auction -------------------------------------------------------------------------------------------------------

export type BidWithAuction = Omit<Bid, 'kind'> & Pick<Auction, 'itemName' | 'description' | 'initialBid' | 'reserve' | 'expires' | 'seller' | 'category'> & {
  readonly auctionDateTime: number;
  readonly auctionExtra: string;
};

function bidWithAuction(bid: Bid, a: Auction): BidWithAuction {
  const { auction, bidder, price, channel, url, dateTime, extra } = bid;
  return {
    auction, bidder, price, channel, url, dateTime, extra, itemName: a.itemName, description: a.description, initialBid: a.initialBid, reserve: a.reserve,
    auctionDateTime: a.dateTime, expires: a.expires, seller: a.seller, category: a.category, auctionExtra: a.extra,
  };
}

class BidsOfCategory extends KeyedProcessFunction<number, AuctionOrBid, BidWithAuction> {
  private auction!: ValueState<Auction>;
  private early!: ListState<Bid>;
  constructor(private readonly category: number) {
    super();
  }
  override open(context: RuntimeContext): void {
    this.auction = context.getState(stateDescriptor.value<Auction>('auction'));
    this.early = context.getListState(stateDescriptor.list<Bid>('bids before their auction'));
  }
  processElement(event: AuctionOrBid, _context: Context, out: Collector<BidWithAuction>): void {
    if (event.kind === 'auction') {
      this.auction.update(event);
      if (event.category === this.category) for (const bid of this.early.get()) out.collect(bidWithAuction(bid, event));
      this.early.clear();
      return;
    }
    const auction = this.auction.value();
    if (auction === undefined) this.early.add(event);
    else if (auction.category === this.category) out.collect(bidWithAuction(event, auction));
  }
}

export const q20: NexmarkQuery<BidWithAuction> = {
  name: 'q20', meaning: 'bids with their auction, category 10', results: 'append',
  build: (events) => events.filter(isAuctionOrBid).keyBy(auctionOf).process(new BidsOfCategory(10)).uid('bids of category 10'),
};

// ---- q23: bids with their bidder and the auctions that he sells -------------------------------------------------------------------------

export interface BidOfSeller {
  readonly bid: Bid;
  readonly person: Person;
  readonly auction: Auction;
}

class BidsOfSellers extends KeyedProcessFunction<number, NexmarkEvent, BidOfSeller> {
  private person!: ValueState<Person>;
  private auctions!: ListState<Auction>;
  private bids!: ListState<Bid>;
  override open(context: RuntimeContext): void {
    this.person = context.getState(stateDescriptor.value<Person>('person'));
    this.auctions = context.getListState(stateDescriptor.list<Auction>('auctions'));
    this.bids = context.getListState(stateDescriptor.list<Bid>('bids'));
  }
  processElement(event: NexmarkEvent, _context: Context, out: Collector<BidOfSeller>): void {
    if (isPerson(event)) {
      this.person.update(event);
      for (const auction of this.auctions.get()) for (const bid of this.bids.get()) out.collect({ bid, person: event, auction });
      return;
    }
    const person = this.person.value();
    if (isAuction(event)) {
      this.auctions.add(event);
      if (person !== undefined) for (const bid of this.bids.get()) out.collect({ bid, person, auction: event });
    } else {
      this.bids.add(event);
      if (person !== undefined) for (const auction of this.auctions.get()) out.collect({ bid: event, person, auction });
    }
  }
}

export const q23: NexmarkQuery<BidOfSeller> = {
  name: 'q23', meaning: 'bids with the bidder and the auctions that he sells', results: 'append',
  build: (events) => events.keyBy((event) => (event.kind === 'bid' ? event.bidder : event.kind === 'auction' ? event.seller : event.id))
    .process(new BidsOfSellers()).uid('bids of sellers'),
};
