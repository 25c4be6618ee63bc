/**
 * The part of a window that runs before the exchange (docs/adr/0006): adds up records per key and slice, by the tables and code of tumbling
 * windows, and sends what it has as `PartialAggregate`s. Keeps nothing over a checkpoint.
 *
 * L1: all it holds goes out before a barrier, before the channel turns idle, and at the end of input. L2: a slice goes out before the
 * watermark that makes a window with it due. L3: what the watermark has passed, and what comes while the channel is idle, goes out at once:
 * the window decides whether it is late.
 */
import { specialize } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { LocalWindowSpec, PartialAggregate } from '@weir/graph';
import { createKeyIndexClass } from '@weir/state';
import { MAX_WATERMARK, MIN_WATERMARK, NO_TIMESTAMP } from '@weir/time';
import { MissingTimestampError } from '../errors.js';
import type { Input, OperatorCounters, StreamOperator } from '../operators/operator.js';
import type { OperatorContext } from '../operators/operator-context.js';
import { alignedWindowFactory, type AlignedWindowInput } from './aligned-window-input.js';
import { windowAccumulator, type WindowAccumulator } from './window-evaluation.js';

const ENTRIES_MAX = 65_536;
/** Accumulators that may grow are sent after so many watermarks; a source sends one per 16,384 records at least. */
const WATERMARKS_HELD = 4;
const SHORT_TEXT = 1024;

export class LocalWindowOperator implements StreamOperator {
  readonly operatorId;
  readonly name;
  readonly inputs: readonly Input[];
  readonly counters: OperatorCounters = { recordsOut: () => this.sent };
  private readonly windows: AlignedWindowInput;
  private readonly accumulator: WindowAccumulator;
  private readonly eventTime: boolean;
  /** Stays where it is in processing time. */
  private watermarkNow = MIN_WATERMARK;
  private watermarksHeld = 0;
  /** L3. */
  private holdsNothing: boolean;
  private sent = 0;
  /** Of processing time: when what is held has waited long enough. */
  private dueAt = Infinity;

  /** In processing time nothing waits longer than `maxWaitMs`. */
  constructor(private readonly spec: LocalWindowSpec, private readonly context: OperatorContext, private readonly out: Input, private readonly maxWaitMs: number) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.eventTime = spec.timeDomain === 'event-time';
    this.holdsNothing = !this.eventTime && maxWaitMs === 0;
    this.accumulator = windowAccumulator(spec.evaluation, context.name);
    const Windows = specialize(alignedWindowFactory, { KeyIndex: createKeyIndexClass(context.name), noTimestamp: NO_TIMESTAMP }, context.name);
    this.windows = new Windows(
      {
        sizeMs: spec.sliceMs, slideMs: spec.sliceMs, offsetMs: spec.offsetMs, eventTime: this.eventTime, allowedLatenessMs: 0,
        local: { timeless: !this.eventTime, entriesMax: ENTRIES_MAX },
      },
      spec.keySelector, this.accumulator, context.record, out,
      {
        currentTime: () => (this.holdsNothing ? MAX_WATERMARK : this.watermarkNow),
        processingTimeNow: () => context.processingTime.now(),
        late: (value) => this.sendAlone(value),
        missingTimestamp: () => new MissingTimestampError(context.name),
        evaluate: (_slice, key, accumulator) => this.send(key, accumulator),
        scheduled: () => this.wakeInTime(),
        full: () => this.flush(),
        watermark: (timestamp) => this.watermark(timestamp),
        idle: (idle) => this.idle(idle),
      });
    this.inputs = [this.windows];
  }

  async open(): Promise<void> {
    if (!this.eventTime) this.context.processingTime.onFire((now) => { if (now >= this.dueAt) this.flush(); });
  }

  /** Its time is the end of the slice: the window finds the same windows for it as for the slice's records. */
  private send(key: unknown, accumulator: unknown): void {
    this.sent++;
    this.out.collect({ key, accumulator } satisfies PartialAggregate);
  }
  /** L3. */
  private sendAlone(value: unknown): void {
    const { aggregate } = this.accumulator;
    this.send(this.spec.keySelector(value), aggregate.add(value, aggregate.createAccumulator()));
  }
  private flush(): void {
    this.windows.advance(MAX_WATERMARK);
    this.watermarksHeld = 0;
    this.dueAt = Infinity;
  }
  private wakeInTime(): void {
    if (this.eventTime) return;
    const { processingTime } = this.context;
    this.dueAt = processingTime.now() + this.maxWaitMs;
    processingTime.wakeAt(this.dueAt);
  }

  private watermark(timestamp: number): void {
    if (this.eventTime && timestamp > this.watermarkNow) this.watermarkNow = timestamp;
    this.windows.advance(this.watermarkNow); // L2
    if (++this.watermarksHeld >= WATERMARKS_HELD && this.holdsGrowing()) this.flush();
    this.out.watermark(timestamp);
  }
  private idle(idle: boolean): void {
    if (this.eventTime) this.holdsNothing = idle; // L3
    if (idle) this.flush(); // L1
    this.out.idle(idle);
  }
  private holdsGrowing(): boolean {
    for (const { accumulators } of this.windows.panes.values()) {
      if (accumulators.length > 0 && mayGrow(accumulators[0])) return true;
    }
    return false;
  }

  prepareSnapshotPreBarrier(): void {
    this.flush(); // L1
  }
  snapshot(): OperatorSnapshot {
    return { operatorId: this.operatorId, lists: this.context.lists.snapshot() };
  }
  finish(): void {
    this.flush(); // L1
  }
  async close(): Promise<void> {
    // It keeps nothing.
  }
}

/** False for a number, a short text, and an object of such. */
function mayGrow(accumulator: unknown): boolean {
  if (typeof accumulator !== 'object' || accumulator === null) return !isSmall(accumulator);
  return Object.getPrototypeOf(accumulator) !== Object.prototype || !Object.values(accumulator).every(isSmall);
}
function isSmall(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= SHORT_TEXT : typeof value !== 'object' || value === null;
}
