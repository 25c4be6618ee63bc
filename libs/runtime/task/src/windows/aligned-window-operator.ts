/** Tumbling and sliding windows: life cycle, time, snapshots. The work per record is in `aligned-window-input.ts`. */
import { specialize } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { KeySelector } from '@weir/functions';
import type { WindowOperatorSpec } from '@weir/graph';
import { createKeyIndexClass, forEachRestoredEntry, type HeapKeyedStateBackend, type KeyedSnapshotSource, writeKeyedSnapshot } from '@weir/state';
import { MAX_WATERMARK, MIN_WATERMARK, NO_TIMESTAMP, type WindowAssigner } from '@weir/time';
import { MissingTimestampError } from '../errors.js';
import type { Input, OperatorCounters, StreamOperator } from '../operators/operator.js';
import { type OperatorContext, runtimeContext } from '../operators/operator-context.js';
import { collectorFactory, type CountedCollector } from '../operators/process-inputs.js';
import { alignedWindowFactory, type AlignedWindowInput, type Pane } from './aligned-window-input.js';
import { windowAccumulator, type WindowAccumulator } from './window-evaluation.js';
import { WindowFunctionContext } from './window-function-context.js';
import { WindowWatermark } from './window-watermark.js';

type AlignedAssigner = Exclude<WindowAssigner<unknown>, { kind: 'session' }>;
const PANES = '_window-panes';

export class AlignedWindowOperator implements StreamOperator {
  readonly operatorId;
  readonly name;
  readonly inputs: readonly Input[];
  readonly counters: OperatorCounters;
  private readonly accumulator: WindowAccumulator;
  private readonly windows: AlignedWindowInput;
  private readonly collector: CountedCollector;
  private readonly functionContext: WindowFunctionContext;
  private readonly eventTime: boolean;
  private watermarkNow = MIN_WATERMARK;
  private storedWatermark: WindowWatermark | undefined;
  private lateDropped = 0;

  constructor(private readonly spec: WindowOperatorSpec, assigner: AlignedAssigner, private readonly context: OperatorContext, private readonly out: Input,
    keySelector: KeySelector<unknown, unknown>) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.eventTime = assigner.timeDomain === 'event-time';
    this.accumulator = windowAccumulator(spec.evaluation, context.name);
    this.collector = new (specialize(collectorFactory, undefined, context.name))(out);
    this.functionContext = new WindowFunctionContext(context, () => this.watermarkNow);
    const Windows = specialize(alignedWindowFactory, { KeyIndex: createKeyIndexClass(context.name), noTimestamp: NO_TIMESTAMP }, context.name);
    this.windows = new Windows(
      {
        sizeMs: assigner.sizeMs, slideMs: assigner.kind === 'sliding' ? assigner.slideMs : assigner.sizeMs, offsetMs: assigner.offsetMs,
        eventTime: this.eventTime, allowedLatenessMs: this.eventTime ? spec.allowedLatenessMs : 0,
      },
      keySelector, this.accumulator, context.record, this.collector,
      {
        currentTime: () => (this.eventTime ? this.watermarkNow : context.processingTime.now()),
        processingTimeNow: () => context.processingTime.now(),
        late: (value) => this.late(value),
        missingTimestamp: () => new MissingTimestampError(context.name),
        evaluate: (pane, key, result) => this.evaluate(pane, key, result),
        scheduled: (time) => { if (!this.eventTime) context.processingTime.wakeAt(time + 1); },
        watermark: (timestamp) => this.watermark(timestamp),
        idle: (idle) => this.forEachOutput((output) => output.idle(idle)),
      });
    this.inputs = [this.windows];
    this.counters = { recordsOut: () => this.collector.emitted, lateRecordsDropped: () => this.lateDropped };
  }

  async open(): Promise<void> {
    const keyed = this.context.keyed as HeapKeyedStateBackend;
    this.storedWatermark = this.eventTime ? new WindowWatermark(this.context.lists, keyed.keyGroupRange) : undefined;
    this.watermarkNow = this.storedWatermark?.restored() ?? MIN_WATERMARK;
    const fired = new Set<Pane>();
    for (const state of keyed.takeRestored(PANES, 'window')) {
      const read = this.accumulator.codec.readerOf(state.meta.types[0] ?? null);
      forEachRestoredEntry(state, (key, body) => {
        const pane = this.windows.paneAt(body.f64());
        pane.waiting ??= new Set();
        const hasFired = body.u8() === 1;
        const slot = pane.index.insert(key);
        while (pane.accumulators.length <= slot) pane.accumulators.push(undefined);
        pane.accumulators[slot] = read(body);
        if (hasFired) fired.add(pane);
        else pane.waiting.add(slot);
      });
    }
    for (const pane of this.windows.panes.values()) {
      pane.fired = fired.has(pane);
      if (!pane.fired || pane.waiting?.size === 0) pane.waiting = undefined;
    }
    await this.accumulator.process?.open?.(runtimeContext(this.context));
    if (!this.eventTime) this.context.processingTime.onFire((now) => this.windows.advance(now));
  }

  private watermark(timestamp: number): void {
    // Behind the restored one there is nothing to do.
    if (timestamp > this.watermarkNow) this.watermarkNow = timestamp;
    if (this.eventTime && timestamp >= this.windows.nextDue) this.windows.advance(timestamp);
    this.forEachOutput((output) => output.watermark(timestamp));
  }

  private evaluate(pane: Pane, key: unknown, result: unknown): void {
    const process = this.accumulator.process as NonNullable<WindowAccumulator['process']>;
    if (process.open !== undefined) (this.context.keyed as HeapKeyedStateBackend).keyContext.setCurrentKey(key);
    this.functionContext.window = pane;
    process.process(key, this.functionContext, this.accumulator.buffered ? (result as unknown[]) : [result], this.collector);
  }

  private late(value: unknown): void {
    const tag = this.spec.lateTag;
    if (tag !== undefined && this.context.sideOutputs.has(tag.id)) this.context.sideOutputs.collect(tag.id, value);
    else this.lateDropped++;
  }

  private forEachOutput(visit: (output: Input) => void): void {
    visit(this.out);
    for (const side of this.context.sideOutputs.inputs()) visit(side);
  }

  snapshot(): OperatorSnapshot {
    this.storedWatermark?.store(this.watermarkNow);
    const keyed = this.context.keyed as HeapKeyedStateBackend;
    const bytes = writeKeyedSnapshot([...keyed.snapshotSources(), this.panesSource()], keyed.unclaimed(), keyed.keyGroupRange, keyed.maxParallelism);
    return { operatorId: this.operatorId, ...(bytes === undefined ? {} : { keyed: bytes }), lists: this.context.lists.snapshot() };
  }

  private panesSource(): KeyedSnapshotSource {
    const { codec } = this.accumulator;
    let panes: Pane[] = [];
    let slots: number[] = [];
    let keys: unknown[] = [];
    return {
      entryCount: () => {
        panes = [];
        slots = [];
        keys = [];
        for (const pane of this.windows.panes.values()) {
          pane.index.forEach((key, slot) => {
            panes.push(pane);
            slots.push(slot);
            keys.push(key);
          });
        }
        codec.prepare(() => slots.map((slot, i) => panes[i].accumulators[slot]));
        return slots.length;
      },
      meta: () => ({ name: PANES, kind: 'window', types: [codec.describe()] }),
      keyAt: (entry) => keys[entry],
      writeBody: (entry, out) => {
        const pane = panes[entry];
        out.f64(pane.start);
        out.u8(pane.fired && pane.waiting?.has(slots[entry]) !== true ? 1 : 0);
        codec.write(pane.accumulators[slots[entry]], out);
      },
    };
  }

  /** Windows of processing time that are still open fire with the end of a bounded input, so that nothing is lost. */
  finish(): void {
    if (!this.eventTime) this.windows.advance(MAX_WATERMARK);
  }
  async close(): Promise<void> {
    await this.accumulator.process?.close?.();
  }
}
