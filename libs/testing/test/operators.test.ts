/** Operators one by one, as stories. */
import { describe, expect, it } from '@jest/globals';
import {
  CoProcessFunction, type Collector, type DataStream, Duration, EventTimeSessionWindows, type FlatMapFunction, KeyedProcessFunction, type KeyedProcessContext,
  NO_TIMESTAMP, OutputTag, ProcessFunction, type ProcessContext, ProcessingTimeSessionWindows, TumblingEventTimeWindows, TumblingProcessingTimeWindows,
  type WatermarkGenerator, WatermarkStrategy,
} from '@weir/datastream';
import { OperatorHarness } from '../src/index.js';

const twice: FlatMapFunction<number, number> = (value, out) => {
  out.collect(value);
  out.collect(value + 1);
};
const sum = (a: number, b: number): number => a + b;
const plain = { parse: Number, format: String };

class Forward extends CoProcessFunction<number, number, string> {
  override processElement1(value: number, _context: ProcessContext, out: Collector<string>): void {
    out.collect(`first ${value}`);
  }
  override processElement2(value: number, context: ProcessContext, out: Collector<string>): void {
    out.collect(`second ${value} at ${context.timerService().currentWatermark()}`);
  }
}

describe('two inputs', () => {
  it('given two inputs / when one is idle, comes back behind, and one ends / then the watermark is the smallest of the active ones and never falls', async () => {
    const harness = await OperatorHarness.open<number, number>((a, b) => a.connect(b).process(new Forward()), plain);
    harness.play(`
      1 @5
      watermark 10
      2> 7 @6
      2> watermark 4
      2> idle
      2> active
      2> watermark 6
      2> watermark 12
      watermark max
      2> idle
    `);
    expect(harness.take()).toMatchInlineSnapshot(`
"first 1 @5
second 7 at -Infinity @6
watermark 4
watermark 10
watermark 12
idle"
`);
  });
});

describe('event time inside a chain', () => {
  it('given an operator that emits twice for a record / when the window behind it fires late in between / then both keep the time of the record', async () => {
    const harness = await OperatorHarness.open<number>((numbers) => numbers.flatMap(twice).keyBy(() => 'all')
      .window(TumblingEventTimeWindows.of(Duration.milliseconds(10))).allowedLateness(Duration.milliseconds(100)).reduce(sum), plain);
    harness.play(`
      1 @3
      watermark 12
      100 @4
      watermark 19
    `);
    expect(harness.take()).toMatchInlineSnapshot(`
"3 @9
watermark 12
103 @9
204 @9
watermark 19"
`);
  });

  it('given timestamps that are assigned behind an operator that emits twice / then each assigner sees the time that the record came with', async () => {
    const strategy = WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner((value: number, given: number) => given + value);
    const harness = await OperatorHarness.open<number>((numbers) => numbers.flatMap(twice).assignTimestampsAndWatermarks(strategy), plain);
    harness.play(`
      10 @100
      watermark 500
      periodic
      end
      periodic
    `);
    expect(harness.take()).toMatchInlineSnapshot(`
"10 @110
11 @111
watermark 110
watermark max"
`);
  });

  it('given a generator that asks for watermarks / when a record does / then the watermark follows it at once', async () => {
    const punctuated = WatermarkStrategy.forGenerator<number>((): WatermarkGenerator<number> => ({ onEvent: (value, at) => (value === 0 ? at : undefined), onPeriodicEmit: () => undefined }));
    const harness = await OperatorHarness.open<number>((numbers) => numbers.assignTimestampsAndWatermarks(punctuated), plain);
    harness.play(`
      1 @1
      0 @2
      2 @3
      0 @2
      0 @4
    `);
    expect(harness.take()).toMatchInlineSnapshot(`
"1 @1
0 @2
watermark 2
2 @3
0 @2
0 @4
watermark 4"
`);
  });

  it('given silence for the idle timeout / when a record comes again / then the stream is idle in between', async () => {
    const strategy = WatermarkStrategy.forMonotonousTimestamps<number>().withIdleness(Duration.milliseconds(100));
    const harness = await OperatorHarness.open<number>((numbers) => numbers.assignTimestampsAndWatermarks(strategy), plain);
    harness.play(`
      1 @10
      periodic
      time 100
      periodic
      periodic
      2 @20
      periodic
    `);
    expect(harness.take()).toMatchInlineSnapshot(`
"1 @10
watermark 9
idle
2 @20
active
watermark 19"
`);
  });
});

const ODD = new OutputTag<number>('odd');
class Split extends ProcessFunction<number, number> {
  override processElement(value: number, context: ProcessContext, out: Collector<number>): void {
    out.collect(value);
    if (value % 2 === 1) context.output(ODD, value);
  }
}

describe('side outputs', () => {
  it('given a record with event time / when it goes to a side output after the main one / then it keeps its time there', async () => {
    const harness = await OperatorHarness.open<number>((numbers) => {
      const split = numbers.process(new Split());
      split.map((value) => value * 10).assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner(() => 77));
      return split;
    }, { ...plain, sideOutputs: [ODD] });
    harness.play('1 @5\n2 @6');
    expect(harness.take()).toMatchInlineSnapshot(`
"1 @5
odd: 1 @5
2 @6"
`);
  });
});

describe('windows of processing time', () => {
  const windowed = (numbers: DataStream<number>) => numbers.keyBy((n) => n % 2).window(TumblingProcessingTimeWindows.of(Duration.milliseconds(100))).reduce(sum);
  it('given records / when the clock passes the end of their window, after a restore at another parallelism / then it fires; the end of input fires the rest', async () => {
    const first = await OperatorHarness.open<number>(windowed, plain);
    first.play('1\n3\n2\ntime 50\n5');
    const harness = await first.restored(await first.snapshot(), 3);
    await first.close();
    harness.play('7\ntime 100\n8\nend');
    expect(harness.takeLines().filter((line) => !line.startsWith('watermark')).sort()).toMatchInlineSnapshot(`
[
  "16 @99",
  "2 @99",
  "8 @199",
]
`);
    await harness.close();
    expect(harness.pendingTimers).toBe(0);
  });

  it('given a session / when the clock stands behind its gap / then it fires once', async () => {
    const harness = await OperatorHarness.open<number>((numbers) => numbers.keyBy(() => 0).window(ProcessingTimeSessionWindows.withGap(Duration.milliseconds(30))).reduce(sum), plain);
    harness.play('1\ntime 20\n2\ntime 49\n4\ntime 79\ntime 200\n8\nend');
    expect(harness.take()).toMatchInlineSnapshot(`
"7 @78
watermark max
8 @229"
`);
  });
});

describe('a rescaled window', () => {
  it('given subtasks whose watermarks differed / when they become one / then windows that had fired do not fire again, and the others do', async () => {
    const windowed = (items: DataStream<readonly [string, number]>) => items.keyBy(([key]) => key).window(TumblingEventTimeWindows.of(Duration.milliseconds(10)))
      .allowedLateness(Duration.milliseconds(100)).reduce(([key, a], [, b]) => [key, a + b] as const);
    const first = await OperatorHarness.open<readonly [string, number]>(windowed, { parallelism: 4 });
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) first.record([key, 1], 5);
    first.watermark(20, 0, 0).watermark(20, 0, 2);
    const fired = first.takeLines().filter((line) => !line.startsWith('watermark'));
    expect(fired.length).toBeGreaterThan(0);
    expect(fired.length).toBeLessThan(6);
    const one = await first.restored(await first.snapshot(), 1);
    one.watermark(5);
    const again = await one.restored(await one.snapshot(), 2);
    again.watermark(9);
    const rest = again.takeLines().filter((line) => !line.startsWith('watermark'));
    expect([...fired, ...rest].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => `["${key}",1] @9`));
  });

  it('given a window that fired and was dropped / when a record of it comes after a restore / then it is late, as before the restore', async () => {
    const late = new OutputTag<number>('late');
    const windowed = (numbers: DataStream<number>) => numbers.keyBy(() => 0).window(TumblingEventTimeWindows.of(Duration.milliseconds(10))).sideOutputLateData(late).reduce(sum);
    const first = await OperatorHarness.open<number>(windowed, { ...plain, sideOutputs: [late] });
    first.play('1 @5\nwatermark 9');
    const second = await first.restored(await first.snapshot(), 2);
    second.play('2 @6\nend');
    expect(second.takeLines().filter((line) => !line.startsWith('watermark'))).toEqual(['late: 2 @6']);
  });
});

describe('what cannot work', () => {
  it('given a session window whose aggregate cannot merge / then it is refused by code', async () => {
    const fn = { createAccumulator: () => 0, add: sum, getResult: (a: number) => a };
    await expect(OperatorHarness.open<number>((numbers) => numbers.keyBy(() => 0).window(EventTimeSessionWindows.withGap(Duration.milliseconds(5))).aggregate(fn)))
      .rejects.toMatchObject({ code: 'WEIR_MERGE_MISSING' });
  });

  it('given a record without timestamp / when an event-time window gets it / then it is refused by code', async () => {
    const harness = await OperatorHarness.open<number>((numbers) => numbers.keyBy(() => 0).window(TumblingEventTimeWindows.of(Duration.milliseconds(5))).reduce(sum), plain);
    expect(() => harness.record(1, NO_TIMESTAMP)).toThrow(expect.objectContaining({ code: 'WEIR_TIMESTAMP_MISSING' }));
  });

  it('given a function that changes a record it was given / then it throws, because records are frozen', async () => {
    const harness = await OperatorHarness.open<{ n: number }>((items) => items.map((item) => item).map((item) => { item.n = 2; return item; }));
    expect(() => harness.record({ n: 1 })).toThrow(TypeError);
  });
});

describe('rolling aggregates', () => {
  class Counted extends KeyedProcessFunction<string, string, string> {
    override processElement(_value: string, context: KeyedProcessContext<string>, out: Collector<string>): void {
      out.collect(context.getCurrentKey());
    }
  }
  it('given records of some keys / when the job is rescaled in between / then sums go on where they were', async () => {
    const summed = (items: DataStream<readonly [string, number]>) => items.keyBy(([key]) => key).reduce(([key, a], [, b]) => [key, a + b] as const);
    const first = await OperatorHarness.open<readonly [string, number]>(summed, { parallelism: 2 });
    first.record(['a', 1]).record(['b', 10]).record(['a', 2]);
    const second = await first.restored(await first.snapshot(), 3);
    second.record(['a', 3]).record(['b', 5]).record(['c', 1]);
    expect([first.take(), second.take()].join('\n')).toMatchInlineSnapshot(`
"["a",1]
["b",10]
["a",3]
["a",6]
["b",15]
["c",1]"
`);
  });
  it('given a keyed function / then it sees the key', async () => {
    const harness = await OperatorHarness.open<string>((words) => words.keyBy((word) => word[0]).process(new Counted()), { parse: (text) => text, format: String });
    expect(harness.play('apple\npear').take()).toBe('a\np');
  });
});
