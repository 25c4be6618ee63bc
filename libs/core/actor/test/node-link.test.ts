/**
 * Links between nodes over a courier that loses, delays and is cut. Strategy: fast-check draws a story of sends, cuts, losses and waits;
 * afterwards the network is whole. Each message carries (life, number), so that what arrived can be compared with what was sent.
 */
import { describe, expect, it } from '@jest/globals';
import type { ActorContext, ActorSystem, Signal } from '@weir/actor';
import fc from 'fast-check';
import { TestNetwork } from './support/test-network.js';

type Side = 'a' | 'b';
const other = (side: Side): Side => (side === 'a' ? 'b' : 'a');

interface Numbered {
  readonly life: number;
  readonly n: number;
}
type Heard = { readonly message: Numbered } | { readonly signal: Signal['type'] };

/** Two nodes that watch each other's `x`, and what each has heard, over all of its lives. */
class Pair {
  readonly network = new TestNetwork();
  readonly systems: Record<Side, ActorSystem>;
  readonly lives = { a: 0, b: 0 };
  readonly sent: Record<Side, Numbered[]> = { a: [], b: [] };
  /** What each life of a side has heard. */
  readonly heard: Record<Side, Heard[][]> = { a: [], b: [] };
  readonly cut = { a: false, b: false };
  /** Share of messages that are lost. */
  loss = 0;
  private noise = 1;

  constructor(private readonly unreachableAfterMs: number, private readonly linkCapacity = 10_000) {
    this.network.lose = (from) => this.cut[from as Side] || this.random() < this.loss;
    this.network.delayMs = () => Math.floor(this.random() ** 4 * 60);
    this.systems = { a: this.start('a'), b: this.start('b') };
    this.network.timers.advanceBy(500);
  }

  start(side: Side): ActorSystem {
    const heard: Heard[] = [];
    this.heard[side].push(heard);
    this.lives[side]++;
    const system = this.network.system(side, { unreachableAfterMs: this.unreachableAfterMs, linkCapacity: this.linkCapacity });
    system.spawn<Numbered>('x', (context: ActorContext<Numbered>) => {
      context.watch(`${other(side)}/x`);
      return {
        receive: (message) => void heard.push({ message }),
        signal: ({ type }) => void heard.push({ signal: type }),
      };
    });
    return system;
  }

  restart(side: Side): void {
    this.network.kill(side);
    this.systems[side] = this.start(side);
  }

  send(from: Side): void {
    const message = { life: this.lives[from], n: this.sent[from].length };
    this.sent[from].push(message);
    this.systems[from].refFor<Numbered>(`${other(from)}/x`).tell(message);
  }

  messages(side: Side): number[] {
    return this.heard[side].flatMap((life) => life.flatMap((entry) => ('message' in entry ? [entry.message.n] : [])));
  }

  heal(): void {
    this.cut.a = this.cut.b = false;
    this.loss = 0;
  }

  async shutdown(): Promise<void> {
    const down = Promise.all([this.systems.a.shutdown(), this.systems.b.shutdown()]);
    this.network.timers.advanceBy(10);
    await down;
    for (const side of ['a', 'b'] as const) {
      expect(this.systems[side].counts()).toEqual({ actors: 0, timers: 0, subscriptions: 0, pendingAsks: 0, unacknowledged: 0 });
    }
  }

  private random(): number {
    this.noise = (this.noise * 48271) % 2147483647;
    return this.noise / 2147483647;
  }
}

type Step =
  | { readonly do: 'send'; readonly from: Side; readonly count: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'cut'; readonly from: Side; readonly ms: number }
  | { readonly do: 'lose'; readonly share: number }
  | { readonly do: 'restart'; readonly side: Side };

const side = fc.constantFrom<Side>('a', 'b');
const step = (longestCutMs: number): fc.Arbitrary<Step> => fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), from: side, count: fc.integer({ min: 1, max: 80 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 300 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), from: side, ms: fc.integer({ min: 1, max: longestCutMs }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), share: fc.double({ min: 0, max: 0.4, noNaN: true }) }) },
);

function play(pair: Pair, story: readonly Step[]): void {
  for (const it of story) {
    if (it.do === 'send') for (let i = 0; i < it.count; i++) pair.send(it.from);
    else if (it.do === 'wait') pair.network.timers.advanceBy(it.ms);
    else if (it.do === 'lose') pair.loss = it.share;
    else if (it.do === 'restart') pair.restart(it.side);
    else {
      pair.cut[it.from] = true;
      pair.network.timers.after(it.ms, () => (pair.cut[it.from] = false));
    }
  }
}

describe('a link', () => {
  it('given losses, delays and cuts shorter than the timeout / then each message arrives once, in order, and nobody hears of it', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step(3000), { maxLength: 40 }), async (story) => {
      const pair = new Pair(60_000);
      play(pair, story);
      pair.network.timers.advanceBy(3000);
      pair.heal();
      pair.network.timers.advanceBy(5000);
      for (const from of ['a', 'b'] as const) {
        expect(pair.messages(other(from))).toEqual(pair.sent[from].map(({ n }) => n));
        expect(pair.heard[from].flat().filter((entry) => 'signal' in entry)).toEqual([]);
        expect(pair.systems[from].counts().unacknowledged).toBe(0);
      }
      await pair.shutdown();
    }), { numRuns: 150 });
  });

  it('given cuts of any length / then none arrives twice or out of order, and what is missing was told to both sides before what follows', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step(4000), { maxLength: 40 }), fc.constantFrom(20, 10_000), async (story, capacity) => {
      const pair = new Pair(1000, capacity);
      play(pair, story);
      pair.network.timers.advanceBy(5000);
      pair.heal();
      pair.network.timers.advanceBy(5000);
      for (const from of ['a', 'b'] as const) {
        const got = pair.messages(other(from));
        expect(got).toEqual([...new Set(got)].sort((x, y) => x - y));
        if (got.length < pair.sent[from].length) expect(pair.heard[from].flat()).toContainEqual({ signal: 'unreachable' });
        let expected = 0;
        let told = false;
        for (const entry of pair.heard[other(from)].flat()) {
          if ('signal' in entry) told = true;
          else {
            if (entry.message.n > expected) expect(told).toBe(true);
            expected = entry.message.n + 1;
          }
        }
        expect(pair.systems[from].counts().unacknowledged).toBe(0);
      }
      await pair.shutdown();
    }), { numRuns: 150 });
  });

  it('given lives that end and begin / then no life hears anything twice or out of order, and the last two can talk', async () => {
    const steps = fc.oneof({ weight: 12, arbitrary: step(2000) }, { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), side }) });
    await fc.assert(fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (story) => {
      const pair = new Pair(1000);
      play(pair, story);
      pair.network.timers.advanceBy(3000);
      pair.heal();
      pair.network.timers.advanceBy(5000);
      const last = { a: pair.sent.a.length, b: pair.sent.b.length };
      for (const from of ['a', 'b'] as const) pair.send(from);
      pair.network.timers.advanceBy(1000);
      for (const from of ['a', 'b'] as const) {
        for (const life of pair.heard[other(from)]) {
          const got = life.flatMap((entry) => ('message' in entry ? [entry.message.n] : []));
          expect(got).toEqual([...new Set(got)].sort((x, y) => x - y));
        }
        expect(pair.messages(other(from)).at(-1)).toBe(last[from]);
      }
    }), { numRuns: 150 });
  });

  it('given a node where nobody is / then an asker hears it at once, and watchers that it has terminated', async () => {
    const pair = new Pair(5000);
    pair.network.kill('b');
    const asked = pair.systems.a.ask<number, number>(pair.systems.a.refFor('b/x'), () => 1, { timeoutMs: 60_000 });
    const refused = expect(asked).rejects.toMatchObject({ code: 'WEIR_ASK_NO_RECEIVER' });
    pair.network.timers.advanceBy(200);
    await refused;
    expect(pair.heard.a.flat()).toEqual([{ signal: 'terminated' }]);
    expect(pair.systems.a.totals().voided).toBe(1);
  });

  it('given an unreachable node / then what was asked there is left to its timeout, since it may have been carried out', async () => {
    const pair = new Pair(1000);
    pair.cut.b = true;
    const asked = pair.systems.a.ask<number, number>(pair.systems.a.refFor('b/x'), () => 1, { timeoutMs: 2000 });
    const timedOut = expect(asked).rejects.toMatchObject({ code: 'WEIR_ASK_TIMEOUT' });
    pair.network.timers.advanceBy(1900);
    expect(pair.systems.a.counts()).toMatchObject({ pendingAsks: 1, unacknowledged: 0 });
    pair.network.timers.advanceBy(200);
    await timedOut;
  });

  it('given nothing to say / then a link sends nothing', () => {
    const network = new TestNetwork();
    const [a, b] = [network.system('a'), network.system('b')];
    b.spawn('x', { receive: () => undefined });
    a.refFor('b/x').tell(1);
    network.timers.advanceBy(1000);
    let published = 0;
    network.lose = () => published++ < 0;
    network.timers.advanceBy(60_000);
    expect([published, a.counts().timers, b.counts().timers]).toEqual([0, 0, 0]);
  });

  it('given a pause of this process / then its peer is not taken for silent', () => {
    const pair = new Pair(5000);
    pair.cut.b = true;
    pair.send('a');
    pair.network.timers.advanceBy(1000);
    pair.network.clock.advanceBy(60_000);
    pair.heal();
    pair.network.timers.advanceBy(3000);
    expect([pair.messages('b'), pair.heard.a.flat()]).toEqual([[0], []]);
  });

  it('given a late frame of a life before / then the link to the present life goes on', () => {
    const pair = new Pair(5000);
    pair.send('a');
    pair.network.timers.advanceBy(500);
    pair.network.deliverRaw('b.system', {
      kind: 'link', from: 'a', life: 'long dead', session: 99, sequence: 1, envelope: { kind: 'tell', to: 'b/x', message: { life: 0, n: -1 } },
    });
    pair.send('a');
    pair.send('b');
    pair.network.timers.advanceBy(1000);
    expect([pair.messages('b'), pair.messages('a'), pair.heard.b.flat().filter((entry) => 'signal' in entry)]).toEqual([[0, 1], [0], []]);
  });

  it('given a late frame of a life that died before this one began / when the node says something to its successor / then it arrives', () => {
    const network = new TestNetwork();
    const b = network.system('b');
    network.deliverRaw('b.system', { kind: 'link', from: 'a', life: 'long dead', session: 9, sequence: 4, envelope: { kind: 'tell', to: 'b/x', message: 0 } });
    const got: unknown[] = [];
    network.system('a').spawn('x', { receive: (message) => void got.push(message) });
    for (let i = 0; i < 3; i++) b.refFor('a/x').tell(i);
    network.timers.advanceBy(500);
    expect([got, b.totals().voided, b.counts().unacknowledged]).toEqual([[0, 1, 2], 0, 0]);
  });
});
