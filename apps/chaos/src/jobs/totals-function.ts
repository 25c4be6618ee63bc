/** Two inputs share state; what came of both is told at the end of the input, by the last timer. */
import { KeyedCoProcessFunction, stateDescriptor, type Collector, type KeyedProcessContext, type OnTimerContext, type RuntimeContext, type ValueState } from '@weir/datastream';
import { GHOST_MS } from '../input/all-in-one.js';
import type { Event } from '../input/events.js';
import type { FactLine } from './lines.js';

interface Total {
  readonly n: number;
  readonly sum: number;
  readonly controls: number;
  readonly added: number;
}

const NOTHING: Total = { n: 0, sum: 0, controls: 0, added: 0 };

export class TotalsFunction extends KeyedCoProcessFunction<string, Event, { readonly key: string; readonly add: number }, FactLine> {
  private total!: ValueState<Total>;

  override open(context: RuntimeContext): void {
    this.total = context.getState(stateDescriptor.value<Total>('total', undefined, NOTHING));
  }

  override processElement1({ value }: Event, context: KeyedProcessContext<string>): void {
    const { n, sum, ...rest } = this.total.value() ?? NOTHING;
    if (n === 0) context.timerService().registerEventTimeTimer(GHOST_MS);
    this.total.update({ n: n + 1, sum: sum + value, ...rest });
  }

  override processElement2({ add }: { readonly add: number }): void {
    const { controls, added, ...rest } = this.total.value() ?? NOTHING;
    this.total.update({ controls: controls + 1, added: added + add, ...rest });
  }

  override onTimer(_timestamp: number, context: OnTimerContext<string>, out: Collector<FactLine>): void {
    out.collect({ f: 'total', k: context.getCurrentKey(), ...(this.total.value() ?? NOTHING) });
  }
}
