/** Operators around process functions: one or two inputs, with keys (state, timers) or without. */
import { specialize } from '@weir/base';
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { KeySelector, OnTimerContext, RichFunction, TimerService } from '@weir/functions';
import { MAX_WATERMARK, WatermarkValve } from '@weir/time';
import { TimersNotAvailableError } from '../errors.js';
import { TimerQueue } from '../time/timer-queue.js';
import type { Input, OperatorCounters, OperatorSnapshotRequest, StreamOperator } from './operator.js';
import { type OperatorContext, runtimeContext } from './operator-context.js';
import { snapshotOperator } from './operator-snapshot.js';
import {
  collectorFactory, type CountedCollector, keyedProcessInputFactory, processInputFactory, twoInputFactory, type TimeSink,
} from './process-inputs.js';

type Process = (value: unknown, context: unknown, out: CountedCollector) => void;
/** The common shape of all process functions. */
interface AnyProcessFunction extends RichFunction {
  processElement?: Process;
  processElement1?: Process;
  processElement2?: Process;
  onTimer?(timestamp: number, context: OnTimerContext<unknown>, out: CountedCollector): void;
  finish?(out: CountedCollector): void;
}

const EVENT_TIMERS = '_event-time-timers';
const PROCESSING_TIMERS = '_processing-time-timers';

export class ProcessOperator implements StreamOperator, TimeSink {
  readonly operatorId;
  readonly name;
  readonly inputs: readonly Input[];
  readonly counters: OperatorCounters;
  private readonly collector: CountedCollector;
  private readonly valve: WatermarkValve;
  private readonly eventTimers = new TimerQueue();
  private readonly processingTimers = new TimerQueue();
  private readonly functionContext: OnTimerContext<unknown>;
  private firing: 'event-time' | 'processing-time' = 'event-time';
  private wasIdle = false;

  constructor(
    private readonly fn: AnyProcessFunction,
    private readonly context: OperatorContext,
    private readonly out: Input,
    keySelectors: readonly (KeySelector<unknown, unknown> | undefined)[],
    inputCount: 1 | 2,
  ) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.valve = new WatermarkValve(inputCount);
    this.functionContext = this.createFunctionContext();
    this.collector = new (specialize(collectorFactory, undefined, context.name))(out);
    this.inputs = this.createInputs(keySelectors, inputCount);
    this.counters = {
      recordsOut: () => this.collector.emitted,
    };
  }

  private createInputs(keySelectors: readonly (KeySelector<unknown, unknown> | undefined)[], inputCount: 1 | 2): Input[] {
    const { fn, context, functionContext, collector } = this;
    const keys = context.keyed?.keyContext;
    if (inputCount === 2) {
      const processes = [fn.processElement1, fn.processElement2] as Process[];
      return processes.map((process, index) =>
        new (specialize(twoInputFactory, undefined, context.name))(process.bind(fn) as never, index, functionContext, collector, this, keys, keySelectors[index]));
    }
    const single = fn as { processElement: Process };
    if (keys === undefined) return [new (specialize(processInputFactory, undefined, context.name))(single as never, functionContext, collector, this)];
    return [new (specialize(keyedProcessInputFactory, undefined, context.name))(
      single as never, functionContext, collector, this, keys, keySelectors[0] as KeySelector<unknown, unknown>)];
  }

  private createFunctionContext(): OnTimerContext<unknown> {
    const { context } = this;
    const timers = this.createTimerService();
    return {
      timestamp: () => context.record.timestamp,
      timerService: () => timers,
      output: (tag, value) => context.sideOutputs.collect(tag.id, value),
      getCurrentKey: () => context.keyed?.keyContext.currentKey,
      timeDomain: () => this.firing,
    };
  }

  private createTimerService(): TimerService {
    const { context } = this;
    const key = (): unknown => {
      if (context.keyed === undefined) throw new TimersNotAvailableError(context.name);
      return context.keyed.keyContext.currentKey;
    };
    return {
      currentProcessingTime: () => context.processingTime.now(),
      currentWatermark: () => this.valve.output,
      registerEventTimeTimer: (timestamp) => { this.eventTimers.add(timestamp, key()); },
      registerProcessingTimeTimer: (timestamp) => {
        this.processingTimers.add(timestamp, key());
        context.processingTime.wakeAt(timestamp);
      },
      deleteEventTimeTimer: (timestamp) => this.eventTimers.delete(timestamp, key()),
      deleteProcessingTimeTimer: (timestamp) => this.processingTimers.delete(timestamp, key()),
    };
  }

  async open(): Promise<void> {
    const { context } = this;
    if (context.keyed !== undefined) {
      this.eventTimers.restore(context.keyed.takeRestored(EVENT_TIMERS, 'timers'));
      this.processingTimers.restore(context.keyed.takeRestored(PROCESSING_TIMERS, 'timers'));
      context.processingTime.onFire((now) => this.fireProcessingTimers(now));
    }
    await this.fn.open?.(runtimeContext(context));
    if (this.processingTimers.size > 0) context.processingTime.wakeAt(this.processingTimers.nextTime());
  }

  inputWatermark(input: number, timestamp: number): void {
    if (this.valve.advance(input, timestamp)) this.advance();
    this.forwardIdle();
  }

  inputIdle(input: number, idle: boolean): void {
    const rose = this.valve.setIdle(input, idle);
    // Active first: a watermark of an idle input would be passed over.
    if (!this.valve.outputIdle) this.forwardIdle();
    if (rose) this.advance();
    this.forwardIdle();
  }
  private forwardIdle(): void {
    if (this.valve.outputIdle === this.wasIdle) return;
    this.wasIdle = this.valve.outputIdle;
    this.forEachOutput((output) => output.idle(this.wasIdle));
  }

  /** O2: timers first, then the watermark goes on. */
  private advance(): void {
    const watermark = this.valve.output;
    if (this.eventTimers.nextTime() <= watermark) {
      this.firing = 'event-time';
      this.eventTimers.fire(watermark, (timestamp, key) => this.onTimer(timestamp, key));
    }
    this.forEachOutput((output) => output.watermark(watermark));
  }

  private fireProcessingTimers(now: number): void {
    this.firing = 'processing-time';
    this.processingTimers.fire(now, (timestamp, key) => this.onTimer(timestamp, key));
    if (this.processingTimers.size > 0) this.context.processingTime.wakeAt(this.processingTimers.nextTime());
  }

  private onTimer(timestamp: number, key: unknown): void {
    this.context.keyed?.keyContext.setCurrentKey(key);
    this.context.record.timestamp = timestamp;
    this.fn.onTimer?.(timestamp, this.functionContext, this.collector);
  }

  private forEachOutput(visit: (output: Input) => void): void {
    visit(this.out);
    for (const side of this.context.sideOutputs.inputs()) visit(side);
  }

  snapshot(request: OperatorSnapshotRequest): OperatorSnapshot | Promise<OperatorSnapshot> {
    return snapshotOperator(this.context, request, [this.eventTimers.snapshotSource(EVENT_TIMERS), this.processingTimers.snapshotSource(PROCESSING_TIMERS)]);
  }

  finish(): void {
    this.context.record.timestamp = MAX_WATERMARK;
    this.fn.finish?.(this.collector);
  }
  async close(): Promise<void> {
    await this.fn.close?.();
  }
}
