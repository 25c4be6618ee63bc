/**
 * What tumbling, sliding and session windows have in common: the operator's time, the evaluation of results, late records, snapshots.
 * Subclasses own the windows themselves.
 *
 * W1: `time` never falls, also over a restore: a window that has fired does not open anew. W2: results go out before the watermark that made
 * them due.
 */
import { specialize } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { WindowOperatorSpec } from '@weir/graph';
import type { KeyedSnapshotSource, KeyedStateBackend } from '@weir/state';
import { MAX_WATERMARK, MIN_WATERMARK, type TimeDomain, type TimeWindow } from '@weir/time';
import type { Input, OperatorCounters, OperatorSnapshotRequest, StreamOperator } from '../operators/operator.js';
import { type OperatorContext, runtimeContext } from '../operators/operator-context.js';
import { snapshotOperator } from '../operators/operator-snapshot.js';
import { collectorFactory, type CountedCollector } from '../operators/process-inputs.js';
import { mergingAccumulator, windowAccumulator, type WindowAccumulator } from './window-evaluation.js';
import { WindowFunctionContext } from './window-function-context.js';
import { WindowWatermark } from './window-watermark.js';

export abstract class WindowOperator implements StreamOperator {
  readonly operatorId;
  readonly name;
  abstract readonly inputs: readonly Input[];
  readonly counters: OperatorCounters;
  protected readonly eventTime: boolean;
  protected readonly allowedLatenessMs: number;
  protected readonly accumulator: WindowAccumulator;
  protected readonly collector: CountedCollector;
  protected readonly keyed: KeyedStateBackend;
  private readonly functionContext: WindowFunctionContext;
  private watermarkNow = MIN_WATERMARK;
  private storedWatermark: WindowWatermark | undefined;
  private lateDropped = 0;

  constructor(private readonly spec: WindowOperatorSpec, timeDomain: TimeDomain, protected readonly context: OperatorContext, private readonly out: Input) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.keyed = context.keyed as KeyedStateBackend;
    this.eventTime = timeDomain === 'event-time';
    this.allowedLatenessMs = this.eventTime ? spec.allowedLatenessMs : 0;
    this.accumulator = spec.takesPartials === true ? mergingAccumulator(windowAccumulator(spec.evaluation, context.name)) : windowAccumulator(spec.evaluation, context.name);
    this.collector = new (specialize(collectorFactory, undefined, context.name))(out);
    this.functionContext = new WindowFunctionContext(context, () => this.watermarkNow);
    this.counters = { recordsOut: () => this.collector.emitted, lateRecordsDropped: () => this.lateDropped };
  }

  /** Takes the windows out of the restored state. The operator's time is set. */
  protected abstract restore(): void;
  /** Fires and drops what is due at `time`. */
  protected abstract advance(time: number): void;
  protected abstract snapshotSource(): KeyedSnapshotSource;

  async open(): Promise<void> {
    this.storedWatermark = this.eventTime ? new WindowWatermark(this.context.lists, this.keyed.keyGroupRange) : undefined;
    this.watermarkNow = this.storedWatermark?.restored() ?? MIN_WATERMARK;
    this.restore();
    await this.accumulator.process?.open?.(runtimeContext(this.context));
    if (!this.eventTime) this.context.processingTime.onFire((now) => this.advance(now));
  }

  /** Watermark or wall clock, by the windows' time domain. */
  protected time(): number {
    return this.eventTime ? this.watermarkNow : this.context.processingTime.now();
  }
  /** Asks for a look at processing time when `due` is over. Event time comes by itself. */
  protected wakeAfter(due: number): void {
    if (!this.eventTime) this.context.processingTime.wakeAt(due + 1);
  }

  protected watermark(timestamp: number): void {
    if (timestamp > this.watermarkNow) this.watermarkNow = timestamp; // W1
    if (this.eventTime) this.advance(this.watermarkNow);
    this.forEachOutput((output) => output.watermark(timestamp)); // W2
  }
  protected idle(idle: boolean): void {
    this.forEachOutput((output) => output.idle(idle));
  }
  private forEachOutput(visit: (output: Input) => void): void {
    visit(this.out);
    for (const side of this.context.sideOutputs.inputs()) visit(side);
  }

  /** Hands a result to the process function. */
  protected evaluate(window: TimeWindow, key: unknown, result: unknown): void {
    const process = this.accumulator.process as NonNullable<WindowAccumulator['process']>;
    if (process.open !== undefined) this.keyed.keyContext.setCurrentKey(key);
    this.functionContext.window = window;
    process.process(key, this.functionContext, this.accumulator.buffered ? (result as unknown[]) : [result], this.collector);
  }
  protected late(value: unknown): void {
    const tag = this.spec.lateTag;
    if (tag !== undefined && this.context.sideOutputs.has(tag.id)) this.context.sideOutputs.collect(tag.id, value);
    else this.lateDropped++;
  }

  snapshot(request: OperatorSnapshotRequest): OperatorSnapshot | Promise<OperatorSnapshot> {
    this.storedWatermark?.store(this.watermarkNow);
    return snapshotOperator(this.context, request, [this.snapshotSource()]);
  }

  /** Windows of processing time that are still open fire with the end of a bounded input, so that nothing is lost. */
  finish(): void {
    if (!this.eventTime) this.advance(MAX_WATERMARK);
  }
  async close(): Promise<void> {
    await this.accumulator.process?.close?.();
  }
}
