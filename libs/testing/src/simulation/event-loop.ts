/**
 * Virtual time. Everything that happens in a simulation is one event: a timer, a deferred callback, a delivery, a file operation, a fault.
 *
 *  E1  events happen one at a time in the order (time, seeded rank); between two of them all promise chains come to rest;
 *  E2  the same seed and the same program give the same events: the trace hash covers each one's time and label;
 *  E3  an event of an owner that died does not happen; one of a paused owner waits for the resume and then happens in the old order.
 */
import { murmurInt, murmurString } from '@weir/base';
import { EventHeap, type HeapEvent, type SeededRandom } from '@weir/ports';

/** One life of a simulated process. */
export interface EventOwner {
  readonly name: string;
  alive: boolean;
  paused: boolean;
}

interface LoopEvent extends HeapEvent {
  readonly label: string;
  readonly owner: EventOwner | undefined;
  readonly run: () => void;
}

const TRACE_LINES = 400;
/** Steps per turn of the real event loop, which costs more than most steps. */
const STEPS_PER_TURN = 256;

export class EventLoop {
  private readonly heap = new EventHeap<LoopEvent>();
  private readonly waiting = new Map<EventOwner, LoopEvent[]>();
  /** A ring of the last lines: it costs nothing but their places, and only who reads them makes texts of them. */
  private readonly lineTexts = new Array<string>(TRACE_LINES).fill('');
  private readonly lineTimes = new Float64Array(TRACE_LINES);
  private lineCount = 0;
  private hash = 0;
  private time = 0;
  /** Events that happened. */
  steps = 0;

  constructor(private readonly random: SeededRandom) {}

  /** Virtual milliseconds since the start; fractions count. */
  get nowMs(): number {
    return this.time;
  }

  /** Covers the whole past of this world. */
  get traceHash(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }

  /** The last lines of the trace, oldest first. */
  get traceLines(): readonly string[] {
    const first = Math.max(0, this.lineCount - TRACE_LINES);
    return Array.from({ length: this.lineCount - first }, (_, i) => `${this.lineTimes[(first + i) % TRACE_LINES].toFixed(3)} ${this.lineTexts[(first + i) % TRACE_LINES]}`);
  }

  /** Makes something happen after `delayMs`. Cancels by the result. A `rank` of its own leaves the ranks that others draw as they are. */
  schedule(delayMs: number, label: string, run: () => void, owner?: EventOwner, rank = this.random.next()): () => void {
    const event: LoopEvent = { timeMs: this.time + delayMs, rank, cancelled: false, label, owner, run };
    this.heap.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Lets `run` happen in the name of `owner` now: at once, at its resume, or never. */
  admit(owner: EventOwner, label: string, run: () => void): void {
    if (!owner.alive) return;
    if (owner.paused) this.stash(owner, { timeMs: this.time, rank: 0, cancelled: false, label, owner, run });
    else run();
  }

  /** Schedules all that waited for the owner as a burst. */
  resume(owner: EventOwner): void {
    owner.paused = false;
    const events = this.waiting.get(owner) ?? [];
    this.waiting.delete(owner);
    // Ranks below every drawn one keep the old order (E3).
    events.forEach((event, index) => {
      const { label, run } = event;
      // Whoever armed it holds the old event, and may still cancel it.
      this.heap.push({ timeMs: this.time, rank: index - events.length, label, owner, run, get cancelled() { return event.cancelled; } });
    });
  }

  /** Adds a line of the program's own to the trace and its hash. */
  trace(line: string): void {
    this.hash = murmurInt(this.hash ^ murmurString(line)) ^ murmurInt((this.time * 1000) | 0);
    const at = this.lineCount++ % TRACE_LINES;
    this.lineTexts[at] = line;
    this.lineTimes[at] = this.time;
  }

  /** The time of the next event. */
  get nextMs(): number | undefined {
    return this.heap.peek()?.timeMs;
  }

  /** One event, then everything that follows from it without time. False when nothing is left to happen. */
  async step(): Promise<boolean> {
    if (!this.happenNext()) return false;
    await macrotask(); // E1
    return true;
  }

  /**
   * Steps until `halt`, which is asked before each one, says so. False when nothing is left to happen. Rejects with what `halt` throws.
   * Each step is an immediate of its own: between two of them Node lets all promise chains come to rest (E1).
   */
  run(halt: () => boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (settle: () => void): void => {
        over = true;
        settle();
      };
      const one = (): void => {
        if (over) return;
        try {
          if (halt()) end(() => resolve(true));
          else if (!this.happenNext()) end(() => resolve(false));
        } catch (thrown) {
          end(() => reject(thrown as Error));
        }
      };
      const turn = (): void => {
        if (over) return;
        for (let i = 0; i < STEPS_PER_TURN; i++) setImmediate(one);
        setImmediate(turn);
      };
      turn();
    });
  }

  /** Moves time to `timeMs` when nothing happens before. */
  passTo(timeMs: number): void {
    this.time = Math.max(this.time, timeMs);
  }

  private happenNext(): boolean {
    const event = this.heap.pop();
    if (event === undefined) return false;
    this.time = Math.max(this.time, event.timeMs);
    this.happen(event);
    return true;
  }

  private happen(event: LoopEvent): void {
    const { owner } = event;
    if (owner !== undefined && !owner.alive) return;
    if (owner?.paused === true) {
      this.stash(owner, event);
      return;
    }
    this.steps++;
    this.trace(event.label);
    event.run();
  }

  private stash(owner: EventOwner, event: LoopEvent): void {
    const events = this.waiting.get(owner);
    if (events === undefined) this.waiting.set(owner, [event]);
    else events.push(event);
  }
}

/** Resolves when all promise chains that can go on without events have done so. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
