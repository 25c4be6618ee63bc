/**
 * Strategy: random registrations, deletions, watermarks, moves of the clock and restores (parallelism 1 to 4) against two sets of timers.
 * Invariants: each timer fires once, in the order of time per key, with its own time as the record's; a restore loses and doubles none.
 */
import { expect, it } from '@jest/globals';
import { type Collector, KeyedProcessFunction, type KeyedProcessContext, type OnTimerContext, type RuntimeContext, stateDescriptor, type ValueState } from '@weir/datastream';
import fc from 'fast-check';
import { OperatorHarness } from '../src/index.js';

type Domain = 'event-time' | 'processing-time';
interface Order { readonly key: string | number; readonly domain: Domain; readonly delete: boolean; readonly at: number }

class Alarm extends KeyedProcessFunction<string | number, Order, string> {
  private fired!: ValueState<number>;
  override open(context: RuntimeContext): void {
    this.fired = context.getState(stateDescriptor.value<number>('fired'));
  }
  override processElement(order: Order, context: KeyedProcessContext<string | number>): void {
    const timers = context.timerService();
    if (order.domain === 'event-time') {
      if (order.delete) timers.deleteEventTimeTimer(order.at);
      else timers.registerEventTimeTimer(order.at);
    } else if (order.delete) timers.deleteProcessingTimeTimer(order.at);
    else timers.registerProcessingTimeTimer(order.at);
  }
  override onTimer(timestamp: number, context: OnTimerContext<string | number>, out: Collector<string>): void {
    const n = (this.fired.value() ?? 0) + 1;
    this.fired.update(n);
    out.collect(`${JSON.stringify(context.getCurrentKey())} ${context.timeDomain()} ${timestamp} #${n}`);
  }
}

type Action =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'watermark'; readonly by: number }
  | { readonly kind: 'clock'; readonly by: number }
  | { readonly kind: 'restore'; readonly parallelism: number };
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      order: fc.record({
        key: fc.constantFrom<string | number>('a', 'b', '1', 1, 2, 3), domain: fc.constantFrom<Domain>('event-time', 'processing-time'),
        delete: fc.integer({ max: 3, min: 0 }).map((n) => n === 0), at: fc.integer({ min: -10, max: 60 }),
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('watermark' as const), by: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clock' as const), by: fc.integer({ min: 0, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), parallelism: fc.integer({ min: 1, max: 4 }) }) },
);

it('given any orders / when time passes and the job is restored / then timers fire as in the model', async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
    const program = (orders: Parameters<Parameters<typeof OperatorHarness.open<Order>>[0]>[0]) => orders.keyBy((order) => order.key).process(new Alarm());
    let harness = await OperatorHarness.open<Order>(program);
    let timers: Order[] = [];
    const counts = new Map<string | number, number>();
    let watermark = -20;
    let now = 0;
    const fire = (domain: Domain, until: number): string[] => {
      const due = timers.filter((timer) => timer.domain === domain && timer.at <= until).sort((a, b) => a.at - b.at);
      timers = timers.filter((timer) => !due.includes(timer));
      return due.map(({ key, at }) => {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return `${JSON.stringify(`${JSON.stringify(key)} ${domain} ${at} #${counts.get(key)}`)} @${at}`;
      });
    };
    for (const step of actions) {
      let expected: string[] = [];
      switch (step.kind) {
        case 'order': {
          const { order } = step;
          timers = timers.filter((timer) => timer.key !== order.key || timer.domain !== order.domain || timer.at !== order.at);
          if (!order.delete) timers.push(order);
          harness.record(order, 0);
          break;
        }
        case 'watermark':
          watermark += step.by;
          harness.watermark(watermark);
          expected = fire('event-time', watermark);
          break;
        case 'clock':
          now += step.by;
          harness.processingTime(now);
          expected = fire('processing-time', now);
          break;
        case 'restore': {
          const snapshot = await harness.snapshot();
          await harness.close();
          harness = await harness.restored(snapshot, step.parallelism);
          expected = fire('processing-time', now);
        }
      }
      expect(harness.takeLines().filter((line) => !line.startsWith('watermark')).sort()).toEqual(expected.sort());
    }
    await harness.close();
    expect(harness.pendingTimers).toBe(0);
  }), { numRuns: 200 });
});

it('given a timer that registers an earlier one / when the watermark is past both / then both fire, and no other is lost', async () => {
  class Backwards extends KeyedProcessFunction<string, number, string> {
    override processElement(at: number, context: KeyedProcessContext<string>): void {
      context.timerService().registerEventTimeTimer(at);
    }
    override onTimer(timestamp: number, context: OnTimerContext<string>, out: Collector<string>): void {
      out.collect('fired');
      if (timestamp === 10) context.timerService().registerEventTimeTimer(5);
    }
  }
  const harness = await OperatorHarness.open<number>((times) => times.keyBy(() => 'k').process(new Backwards()));
  harness.record(10).record(12).watermark(20);
  expect(harness.take()).toMatchInlineSnapshot(`
""fired" @10
"fired" @5
"fired" @12
watermark 20"
`);
});
