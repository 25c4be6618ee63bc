/**
 * A small service to try the simulation on: one counter, moved between nodes when its place fails, that must apply every acknowledged
 * increment exactly once. It is a job in miniature: a coordinator that starts attempts and retries requests, a host on each worker, and
 * one counter per attempt whose state is durable.
 *
 *  C1  attempts rise; each has an address of its own, so that nothing meant for one reaches another;
 *  C2  a counter's state is version v + 1 of a file that is created exclusively: an attempt that was replaced cannot write any more;
 *  C3  an increment is acknowledged after its version is durable;
 *  C4  an increment that was applied before is acknowledged and not applied again.
 *
 * `bug` leaves out one of C2 to C4, to see whether the simulation notices.
 */
import { ActorSystem, type Actor, type ActorContext, type ActorRef, type ReplyTo, type Signal } from '@weir/actor';
import { FileStoreError, joinPath } from '@weir/ports';
import type { FileStore } from '@weir/ports';
import type { SimulatedNode } from '@weir/testing';

export type PlantedBug = 'no-dedupe' | 'acknowledge-early' | 'no-fence';

export interface CounterState {
  readonly version: number;
  readonly value: number;
  /** Ids of the increments in `value`. */
  readonly applied: readonly number[];
}

export type HostMessage = { readonly type: 'start-counter'; readonly attempt: number; readonly replyTo: ReplyTo<string> };

export type CounterMessage =
  /** From the coordinator, repeated until it is acknowledged. */
  | { readonly type: 'increment'; readonly id: number; readonly replyTo: ReplyTo<'done'> }
  /** From the test: fail now. */
  | { readonly type: 'boom' };

type CounterEvent = CounterMessage | { readonly type: 'loaded'; readonly state: CounterState } | { readonly type: 'stored' } | { readonly type: 'failed'; readonly error: Error };

const STATE = 'state';
const EMPTY: CounterState = { version: 0, value: 0, applied: [] };

/** The largest version, read from any side. */
export async function readState(files: FileStore): Promise<CounterState> {
  const versions = (await files.list(STATE)).map(({ name }) => Number(name)).sort((a, b) => a - b);
  if (versions.length === 0) return EMPTY;
  return JSON.parse(new TextDecoder().decode(await files.read(joinPath(STATE, String(versions.at(-1)))))) as CounterState;
}

async function writeState(files: FileStore, state: CounterState, fenced: boolean): Promise<void> {
  const path = joinPath(STATE, String(state.version));
  if (!fenced) await files.remove(path);
  await files.createExclusive(path, new TextEncoder().encode(JSON.stringify(state)));
}

/** loading --loaded--> idle <--stored/increment--> storing; any failure ends the attempt. */
class Counter implements Actor<CounterEvent> {
  private state: CounterState = EMPTY;
  private storing: CounterState | undefined;
  private loaded = false;
  private waiting: Extract<CounterMessage, { type: 'increment' }>[] = [];
  private stored: Extract<CounterMessage, { type: 'increment' }>[] = [];

  constructor(
    private readonly files: FileStore,
    private readonly bug: PlantedBug | undefined,
  ) {}

  started(context: ActorContext<CounterEvent>): void {
    context.pipe(
      readState(this.files),
      (state) => ({ type: 'loaded', state }),
      (error) => ({ type: 'failed', error }),
    );
  }

  receive(message: CounterEvent, context: ActorContext<CounterEvent>): void {
    switch (message.type) {
      case 'boom':
        throw new Error('boom');
      case 'failed':
        throw message.error;
      case 'loaded':
        this.state = message.state;
        this.loaded = true;
        break;
      case 'increment':
        if (this.bug === 'acknowledge-early') context.reply(message.replyTo, 'done'); // not C3
        this.waiting.push(message);
        break;
      case 'stored':
        this.state = this.storing as CounterState;
        this.storing = undefined;
        for (const { replyTo } of this.stored) context.reply(replyTo, 'done'); // C3
        this.stored = [];
        break;
    }
    this.storeNext(context);
  }

  private storeNext(context: ActorContext<CounterEvent>): void {
    if (!this.loaded || this.storing !== undefined || this.waiting.length === 0) return;
    const applied = [...this.state.applied];
    let { value } = this.state;
    for (const { id } of this.waiting) {
      if (applied.includes(id) && this.bug !== 'no-dedupe') continue; // C4
      if (!applied.includes(id)) applied.push(id);
      value++;
    }
    this.stored = this.waiting;
    this.waiting = [];
    this.storing = { version: this.state.version + 1, value, applied };
    context.pipe(
      writeState(this.files, this.storing, this.bug !== 'no-fence'), // C2
      () => ({ type: 'stored' }),
      (error) => ({ type: 'failed', error: error instanceof FileStoreError && error.failure === 'already-exists' ? new Error('fenced') : error }),
    );
  }
}

export function makeSystem(node: SimulatedNode): ActorSystem {
  const { clock, timers, random, logger, control } = node;
  return new ActorSystem({ node: node.name, clock, timers, random, logger, control, turnsPerDrain: 1, unreachableAfterMs: 2000, pingIntervalMs: 500 });
}

/** Starts the program of a worker. */
export function startHost(node: SimulatedNode, bug: PlantedBug | undefined): ActorSystem {
  const system = makeSystem(node);
  system.spawn<HostMessage>('host', {
    receive: ({ attempt, replyTo }, context) => {
      const counter = context.spawn<CounterEvent>(`counter-${attempt}`, () => new Counter(node.files, bug));
      context.reply(replyTo, counter.address);
    },
  });
  return system;
}

type CoordinatorMessage =
  | { readonly type: 'next-attempt' }
  | { readonly type: 'counter-started'; readonly attempt: number; readonly address: string }
  | { readonly type: 'send'; readonly id: number }
  | { readonly type: 'acknowledged'; readonly id: number };

/** What the coordinator knows; the test looks at it. */
export interface CoordinatorView {
  readonly acknowledged: Set<number>;
  attempt: number;
  /** Address of the current counter. */
  counter: string | undefined;
}

/** Starts attempts on the workers in turn and sends increments `1..count` until each is acknowledged. */
export function startCoordinator(system: ActorSystem, workers: readonly string[], count: number): CoordinatorView {
  const view: CoordinatorView = { acknowledged: new Set(), attempt: 0, counter: undefined };
  system.spawn<CoordinatorMessage>('coordinator', new Coordinator(view, workers, count));
  return view;
}

class Coordinator implements Actor<CoordinatorMessage> {
  constructor(
    private readonly view: CoordinatorView,
    private readonly workers: readonly string[],
    private readonly count: number,
  ) {}

  started(context: ActorContext<CoordinatorMessage>): void {
    context.self.tell({ type: 'next-attempt' });
    for (let id = 1; id <= this.count; id++) context.timers.after(id * 150, { type: 'send', id });
  }

  receive(message: CoordinatorMessage, context: ActorContext<CoordinatorMessage>): void {
    switch (message.type) {
      case 'next-attempt':
        this.startAttempt(context);
        return;
      case 'counter-started':
        if (message.attempt !== this.view.attempt) return; // C1
        this.view.counter = message.address;
        context.watch(message.address);
        return;
      case 'send':
        this.send(message.id, context);
        return;
      case 'acknowledged':
        this.view.acknowledged.add(message.id);
        return;
    }
  }

  signal(signal: Signal, context: ActorContext<CoordinatorMessage>): void {
    if (signal.address !== this.view.counter) return;
    context.unwatch(signal.address);
    this.view.counter = undefined;
    context.self.tell({ type: 'next-attempt' });
  }

  private startAttempt(context: ActorContext<CoordinatorMessage>): void {
    const attempt = ++this.view.attempt;
    const host: ActorRef<HostMessage> = context.refFor(`${this.workers[attempt % this.workers.length]}/host`);
    const start = (replyTo: ReplyTo<string>): HostMessage => ({ type: 'start-counter', attempt, replyTo });
    context.pipe(
      context.ask(host, start, { timeoutMs: 1000 }),
      (address) => ({ type: 'counter-started', attempt, address }),
      () => ({ type: 'next-attempt' }),
    );
  }

  private send(id: number, context: ActorContext<CoordinatorMessage>): void {
    const { counter } = this.view;
    if (counter === undefined) {
      context.timers.after(100, { type: 'send', id });
      return;
    }
    const increment = (replyTo: ReplyTo<'done'>): CounterMessage => ({ type: 'increment', id, replyTo });
    context.pipe(
      context.ask(context.refFor<CounterMessage>(counter), increment, { timeoutMs: 400 }),
      () => ({ type: 'acknowledged', id }),
      () => ({ type: 'send', id }),
    );
  }
}
