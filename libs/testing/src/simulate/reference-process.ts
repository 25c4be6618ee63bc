/**
 * A process function and its rolling relatives, record by record, with state and timers in plain Maps: for the interpreter, which chooses
 * the order of records itself, and for the replay of what the engine says it did.
 */
import type { AggregateFunction, OnTimerContext, ReduceFunction, RichFunction } from '@weir/functions';
import type { OperatorSpec, StreamNode } from '@weir/graph';
import { MAX_WATERMARK, MIN_WATERMARK } from '@weir/time';
import { recordText } from './record-text.js';
import { ReferenceState } from './reference-state.js';

/** One record that an operator gave. */
export interface Emission {
  /** Id of the side output; undefined: the main output. */
  readonly side: string | undefined;
  readonly value: unknown;
  readonly timestamp: number;
  /** Of the record, window or timer that it was made for; absent where there are no keys. */
  readonly key?: unknown;
}

/** When something happens to a function. */
export interface Moment {
  readonly timestamp: number;
  readonly watermark: number;
  readonly processingTime: number;
}

export interface Timer {
  readonly domain: 'event-time' | 'processing-time';
  readonly timestamp: number;
  readonly key: unknown;
}

interface AnyFunction extends RichFunction {
  processElement?(value: unknown, context: unknown, out: unknown): void;
  processElement1?(value: unknown, context: unknown, out: unknown): void;
  processElement2?(value: unknown, context: unknown, out: unknown): void;
  onTimer?(timestamp: number, context: unknown, out: unknown): void;
  finish?(out: unknown): void;
}

export type ProcessKind = 'process' | 'keyed-process' | 'co-process' | 'keyed-co-process' | 'keyed-reduce' | 'keyed-aggregate';
const PROCESS_KINDS: ReadonlySet<string> = new Set<ProcessKind>(['process', 'keyed-process', 'co-process', 'keyed-co-process', 'keyed-reduce', 'keyed-aggregate']);

export function isProcessNode(node: StreamNode): node is StreamNode & { spec: OperatorSpec & { kind: ProcessKind } } {
  return PROCESS_KINDS.has(node.spec.kind);
}

/** One instance of the function. `opened` before the first call. */
export class ReferenceProcess {
  private readonly state = new ReferenceState();
  private readonly pending = new Map<string, Timer>();
  private readonly accumulated = new Map<string, unknown>();
  private readonly fn: AnyFunction;
  private emissions: Emission[] = [];
  private now: Moment = { timestamp: MIN_WATERMARK, watermark: MIN_WATERMARK, processingTime: 0 };
  private key: unknown;
  private domain: Timer['domain'] = 'event-time';

  constructor(private readonly node: StreamNode & { spec: OperatorSpec & { kind: ProcessKind } }) {
    const { spec } = node;
    this.fn = spec.kind === 'keyed-reduce' ? rolling((before, value) => (before === undefined ? value : (spec.fn as ReduceFunction<unknown>)(before, value)))
      : spec.kind === 'keyed-aggregate' ? rollingAggregate(spec.fn) : spec.fn;
  }

  async open(jobName: string): Promise<void> {
    await this.fn.open?.(this.state.context(jobName, this.node.name));
  }
  async close(): Promise<void> {
    await this.fn.close?.();
  }

  keyOf(input: number, value: unknown): unknown {
    return this.node.keySelectors[input]?.(value);
  }

  /** What the record makes it emit. */
  element(input: number, value: unknown, moment: Moment): Emission[] {
    this.enter(this.keyOf(input, value), moment);
    const { fn } = this;
    if (fn.processElement !== undefined) fn.processElement(value, this.context, this.collector);
    else if (input === 0) fn.processElement1?.(value, this.context, this.collector);
    else fn.processElement2?.(value, this.context, this.collector);
    return this.take();
  }

  /** The timers that are registered, by time. */
  timers(domain: Timer['domain'], until = MAX_WATERMARK): Timer[] {
    return [...this.pending.values()].filter((timer) => timer.domain === domain && timer.timestamp <= until).sort((a, b) => a.timestamp - b.timestamp);
  }

  /** What a timer makes it emit; undefined when there is no such timer. */
  fire(timer: Timer, moment: Moment): Emission[] | undefined {
    if (!this.pending.delete(timerText(timer))) return undefined;
    this.enter(timer.key, { ...moment, timestamp: timer.timestamp });
    this.domain = timer.domain;
    this.fn.onTimer?.(timer.timestamp, this.context, this.collector);
    return this.take();
  }

  finish(moment: Moment): Emission[] {
    this.enter(undefined, moment);
    this.fn.finish?.(this.collector);
    return this.take();
  }

  private enter(key: unknown, moment: Moment): void {
    this.key = key;
    this.now = moment;
    this.state.setCurrentKey(key);
  }
  private take(): Emission[] {
    const taken = this.emissions;
    this.emissions = [];
    return taken;
  }
  private emit(side: string | undefined, value: unknown): void {
    this.emissions.push({ side, value, timestamp: this.now.timestamp, key: this.key });
  }
  private register(domain: Timer['domain'], timestamp: number): void {
    const timer = { domain, timestamp, key: this.key };
    this.pending.set(timerText(timer), timer);
  }
  private remove(domain: Timer['domain'], timestamp: number): void {
    this.pending.delete(timerText({ domain, timestamp, key: this.key }));
  }

  private readonly collector = {
    collect: (value: unknown): void => this.emit(undefined, value),
    /** For the rolling operators. */
    roll: (next: (before: unknown) => { readonly accumulated: unknown; readonly result: unknown }): void => {
      const key = recordText(this.key);
      const { accumulated, result } = next(this.accumulated.get(key));
      this.accumulated.set(key, accumulated);
      this.emit(undefined, result);
    },
  };
  private readonly context: OnTimerContext<unknown> = {
    timestamp: () => this.now.timestamp,
    getCurrentKey: () => this.key,
    timeDomain: () => this.domain,
    output: (tag, value) => this.emit(tag.id, value),
    timerService: () => ({
      currentProcessingTime: () => this.now.processingTime,
      currentWatermark: () => this.now.watermark,
      registerEventTimeTimer: (timestamp) => this.register('event-time', timestamp),
      registerProcessingTimeTimer: (timestamp) => this.register('processing-time', timestamp),
      deleteEventTimeTimer: (timestamp) => this.remove('event-time', timestamp),
      deleteProcessingTimeTimer: (timestamp) => this.remove('processing-time', timestamp),
    }),
  };
}

interface RollingCollector {
  roll(next: (before: unknown) => { readonly accumulated: unknown; readonly result: unknown }): void;
}

function rolling(next: (before: unknown, value: unknown) => unknown): AnyFunction {
  return {
    processElement: (value, _context, out) => (out as RollingCollector).roll((before) => {
      const result = next(before, value);
      return { accumulated: result, result };
    }),
  };
}

function rollingAggregate(fn: AggregateFunction<unknown, unknown, unknown>): AnyFunction {
  return {
    processElement: (value, _context, out) => (out as RollingCollector).roll((before) => {
      const accumulated = fn.add(value, before ?? fn.createAccumulator());
      return { accumulated, result: fn.getResult(accumulated) };
    }),
  };
}

function timerText({ domain, timestamp, key }: Timer): string {
  return `${domain} ${timestamp} ${recordText(key)}`;
}
