/** Keyed state of every kind and both kinds of timers, in one function. */
import {
  KeyedProcessFunction, OutputTag, stateDescriptor, type AggregatingState, type Collector, type KeyedProcessContext, type ListState, type MapState, type OnTimerContext,
  type ReducingState, type RuntimeContext, type ValueState,
} from '@weir/datastream';
import { GHOST_EVERY, GHOST_MS, isOdd, isWritten, RECENT, TIMER_MS } from '../input/all-in-one.js';
import type { Event } from '../input/events.js';
import type { FactLine, HistoryLine } from './lines.js';

export const timers = new OutputTag<FactLine>('timers');
export const ticks = new OutputTag<FactLine>('ticks');
export const odd = new OutputTag<FactLine>('odd');

const TICK_MS = 300;

interface Peak {
  readonly max: number;
  readonly rises: number;
}

const peak = {
  createAccumulator: (): Peak => ({ max: -1, rises: 0 }),
  add: (value: number, { max, rises }: Peak): Peak => (value > max ? { max: value, rises: rises + 1 } : { max, rises }),
  getResult: ({ max, rises }: Peak): string => `${max}/${rises}`,
};

export class HistoryFunction extends KeyedProcessFunction<string, Event, HistoryLine> {
  private count!: ValueState<number>;
  private sum!: ReducingState<number>;
  private peak!: AggregatingState<number, string>;
  private recent!: ListState<number>;
  private kinds!: MapState<string, number>;
  /** Events that ticks have told of; unset while no tick is due. */
  private told!: ValueState<number>;
  private tickDue!: ValueState<boolean>;

  constructor(private readonly every: number) {
    super();
  }

  override open(context: RuntimeContext): void {
    this.count = context.getState(stateDescriptor.value<number>('count'));
    this.sum = context.getReducingState(stateDescriptor.reducing<number>('sum', (a, b) => a + b));
    this.peak = context.getAggregatingState(stateDescriptor.aggregating<number, Peak, string>('peak', peak));
    this.recent = context.getListState(stateDescriptor.list<number>('recent'));
    this.kinds = context.getMapState(stateDescriptor.map<string, number>('kinds'));
    this.told = context.getState(stateDescriptor.value<number>('told'));
    this.tickDue = context.getState(stateDescriptor.value<boolean>('tickDue'));
  }

  override processElement(event: Event, context: KeyedProcessContext<string>, out: Collector<HistoryLine>): void {
    const { key, seq, value, kind } = event;
    const count = (this.count.value() ?? 0) + 1;
    this.count.update(count);
    this.sum.add(value);
    this.peak.add(value);
    this.recent.update([...this.recent.get(), value].slice(-RECENT));
    this.kinds.put(kind, (this.kinds.get(kind) ?? 0) + 1);
    this.setTimers(event, context.timerService());
    if (isOdd(value)) context.output(odd, { f: 'odd', k: key, s: seq });
    if (!isWritten(this.every, seq)) return;
    out.collect({ k: key, s: seq, c: count, r: this.sum.get() ?? 0, m: this.peak.get() ?? '', l: this.recent.get().join(','), p: this.kinds.get(kind) ?? 0 });
  }

  override onTimer(timestamp: number, context: OnTimerContext<string>): void {
    const k = context.getCurrentKey();
    if (context.timeDomain() === 'event-time') {
      context.output(timers, timestamp === GHOST_MS ? { f: 'ghost', k } : { f: 'timer', k, t: timestamp });
      return;
    }
    const from = this.told.value() ?? 0;
    const to = this.count.value() ?? 0;
    context.output(ticks, { f: 'tick', k, from, to });
    this.told.update(to);
    this.tickDue.clear();
  }

  private setTimers({ seq, at, late }: Event, service: ReturnType<KeyedProcessContext<string>['timerService']>): void {
    if (!late) service.registerEventTimeTimer((Math.floor(at / TIMER_MS) + 1) * TIMER_MS);
    if (seq % GHOST_EVERY === 0) service.registerEventTimeTimer(GHOST_MS);
    if (seq % GHOST_EVERY === 1) service.deleteEventTimeTimer(GHOST_MS);
    if (this.tickDue.value() === true || seq % this.every !== 0) return;
    this.tickDue.update(true);
    service.registerProcessingTimeTimer(service.currentProcessingTime() + TICK_MS);
  }
}
