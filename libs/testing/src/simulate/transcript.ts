/**
 * What one subtask of a process function did, step by step: the wrapper writes it down around the user's function, the ledger beside the
 * operator takes it at each barrier, so that after all crashes the committed steps are the one history that counts.
 */
import type { KeySelector, OnTimerContext, OutputTag, RichFunction, RuntimeContext } from '@weir/functions';
import type { OperatorSpec, StreamNode } from '@weir/graph';
import { recordText } from './record-text.js';
import { type Emission, isProcessNode, type Moment, type ProcessKind } from './reference-process.js';

export interface Step extends Moment {
  readonly kind: 'element' | 'event-time' | 'processing-time' | 'finish';
  readonly input: number;
  readonly value: unknown;
  readonly key: unknown;
  readonly emissions: readonly Emission[];
  /** Texts of the emissions when they were made: a record that changes later shows. */
  readonly texts: readonly string[];
}

interface AnyFunction extends RichFunction {
  processElement?(value: unknown, context: AnyContext, out: unknown): void;
  processElement1?(value: unknown, context: AnyContext, out: unknown): void;
  processElement2?(value: unknown, context: AnyContext, out: unknown): void;
  onTimer?(timestamp: number, context: AnyContext, out: unknown): void;
  finish?(out: unknown): void;
}
type AnyContext = OnTimerContext<unknown>;
interface Out {
  collect(value: unknown): void;
}

/** The steps of one subtask since the last barrier. */
export class Transcript {
  private steps: Step[] = [];
  /** Of a rolling operator: the record whose result is about to come. */
  private rolling: { readonly value: unknown; readonly key: unknown } | undefined;

  take(): Step[] {
    const taken = this.steps;
    this.steps = [];
    return taken;
  }

  /** The node with a function that writes here; nodes of other kinds are given back as they are. */
  observe(node: StreamNode): StreamNode {
    if (!isProcessNode(node)) return node;
    const { spec } = node;
    if (spec.kind === 'keyed-reduce' || spec.kind === 'keyed-aggregate') {
      const [selector] = node.keySelectors;
      const remembering: KeySelector<unknown, unknown> = (value) => {
        const key = selector?.(value);
        this.rolling = { value, key };
        return key;
      };
      return { ...node, keySelectors: [remembering] };
    }
    return { ...node, spec: { ...spec, fn: this.wrap(spec.fn as AnyFunction, spec.kind) } as OperatorSpec };
  }

  /** The ledger beside a rolling operator got its result. */
  rolled(value: unknown, timestamp: number): void {
    if (this.rolling === undefined) return;
    const { key, value: input } = this.rolling;
    this.rolling = undefined;
    const moment = { timestamp, watermark: Number.NaN, processingTime: Number.NaN };
    this.steps.push({ kind: 'element', input: 0, value: input, key, emissions: [{ side: undefined, value, timestamp, key }], texts: [recordText(value)], ...moment });
  }

  private wrap(fn: AnyFunction, kind: ProcessKind): AnyFunction {
    const keyed = kind === 'keyed-process' || kind === 'keyed-co-process';
    const element = (input: number, method: 'processElement' | 'processElement1' | 'processElement2') => (value: unknown, context: AnyContext, out: Out): void =>
      this.record('element', input, value, context, out, keyed, (own, collector) => fn[method]?.(value, own, collector));
    const wrapped: AnyFunction = {
      open: (context: RuntimeContext) => fn.open?.(context),
      close: () => fn.close?.(),
      onTimer: (timestamp, context, out) =>
        this.record(context.timeDomain(), 0, undefined, context, out as Out, keyed, (own, collector) => fn.onTimer?.(timestamp, own, collector)),
      finish: (out) => this.recordFinish(out as Out, (collector) => fn.finish?.(collector)),
    };
    if (fn.processElement !== undefined) wrapped.processElement = element(0, 'processElement') as never;
    if (fn.processElement1 !== undefined) wrapped.processElement1 = element(0, 'processElement1') as never;
    if (fn.processElement2 !== undefined) wrapped.processElement2 = element(1, 'processElement2') as never;
    return wrapped;
  }

  private record(
    kind: Step['kind'], input: number, value: unknown, context: AnyContext, out: Out, keyed: boolean, call: (context: AnyContext, out: Out) => void,
  ): void {
    const timers = context.timerService();
    const timestamp = context.timestamp();
    const moment = { timestamp, watermark: timers.currentWatermark(), processingTime: timers.currentProcessingTime() };
    const key = keyed ? context.getCurrentKey() : undefined;
    const emissions: Emission[] = [];
    const texts: string[] = [];
    const note = (side: string | undefined, emitted: unknown): void => {
      emissions.push({ side, value: emitted, timestamp, key });
      texts.push(recordText(emitted));
    };
    const own: AnyContext = {
      timestamp: () => context.timestamp(), timerService: () => frozenTime(timers, moment), getCurrentKey: () => context.getCurrentKey(),
      timeDomain: () => context.timeDomain(),
      output: <X>(tag: OutputTag<X>, emitted: X) => {
        note(tag.id, emitted);
        context.output(tag, emitted);
      },
    };
    call(own, { collect: (emitted) => {
      note(undefined, emitted);
      out.collect(emitted);
    } });
    this.steps.push({ kind, input, value, key, emissions, texts, ...moment });
  }

  private recordFinish(out: Out, call: (out: Out) => void): void {
    const emissions: Emission[] = [];
    const texts: string[] = [];
    call({ collect: (emitted) => {
      emissions.push({ side: undefined, value: emitted, timestamp: Infinity });
      texts.push(recordText(emitted));
      out.collect(emitted);
    } });
    this.steps.push({ kind: 'finish', input: 0, value: undefined, key: undefined, emissions, texts, timestamp: Infinity, watermark: Infinity, processingTime: 0 });
  }
}

/** Time stands still during one call, so that a replay can give the same answers. */
function frozenTime(timers: ReturnType<AnyContext['timerService']>, moment: Moment): ReturnType<AnyContext['timerService']> {
  return {
    currentProcessingTime: () => moment.processingTime,
    currentWatermark: () => moment.watermark,
    registerEventTimeTimer: (timestamp) => timers.registerEventTimeTimer(timestamp),
    registerProcessingTimeTimer: (timestamp) => timers.registerProcessingTimeTimer(timestamp),
    deleteEventTimeTimer: (timestamp) => timers.deleteEventTimeTimer(timestamp),
    deleteProcessingTimeTimer: (timestamp) => timers.deleteProcessingTimeTimer(timestamp),
  };
}
