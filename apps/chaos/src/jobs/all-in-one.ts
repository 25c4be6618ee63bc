/**
 * The all-in-one job: union and connect, keyed state of every kind, both kinds of timers, windows, late data, side outputs, the two-phase file sink.
 *
 *   events a ─┐ union ──keyBy──> history of each key (state of every kind, timers) ──> history, facts
 *   events b ─┘        └─keyBy──> window of 5 s ──> windows, late
 *   controls ───────────connect──> totals of each key ──> facts
 */
import { FileSink } from '@weir/connector-file';
import { defineJob, Duration, OutputTag, param, TumblingEventTimeWindows, WatermarkStrategy, type AggregateFunction } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { controlOf, idHash, WINDOW_MS } from '../input/all-in-one.js';
import { eventOf, JITTER_MS, type Event } from '../input/events.js';
import { HistoryFunction, odd, ticks, timers } from './history-function.js';
import { PacedSource } from './paced-source.js';
import { TotalsFunction } from './totals-function.js';
import { windowLine, type WindowSum } from './window-line.js';

const params = {
  output: param.string(),
  originMs: param.number(),
  perSecond: param.number({ description: 'events of a split' }),
  splits: param.integer(),
  keys: param.integer(),
  events: param.integer(),
  every: param.integer({ default: 1 }),
  controlSplits: param.integer({ default: 2 }),
  controls: param.integer({ default: 100 }),
};

const late = new OutputTag<Event>('late');

const windowSum: AggregateFunction<Event, WindowSum, WindowSum> = {
  createAccumulator: () => ({ count: 0, sum: 0, ids: 0 }),
  add: (event, { count, sum, ids }) => ({ count: count + 1, sum: sum + event.value, ids: (ids + idHash(event.key, event.seq)) % 2 ** 48 }),
  getResult: (it) => it,
};

export default defineJob('chaos all-in-one', { params }, (env, input) => {
  const pace = { originMs: input.originMs, perSecond: input.perSecond };
  const byTheirTime = WatermarkStrategy.forBoundedOutOfOrderness<Event>(Duration.milliseconds(JITTER_MS)).withTimestampAssigner((it) => it.at);
  const half = Math.ceil(input.splits / 2);
  const events = (name: string, from: number, to: number): PacedSource<Event> =>
    new PacedSource(name, to - from, input.events, pace, (split, index) => eventOf(input, from + split, index));
  const lines = <T extends object>(folder: string): FileSink<T> => FileSink.forRowFormat(`${input.output}/${folder}`, jsonLines<T>()).build();

  const a = env.fromSource(events('events a', 0, half), byTheirTime, 'events a').uid('a');
  const b = env.fromSource(events('events b', half, input.splits), byTheirTime, 'events b').uid('b');
  const all = a.union(b);

  const history = all.keyBy((it) => it.key).process(new HistoryFunction(input.every)).name('history').uid('history');
  history.sinkTo(lines('history')).uid('history-out');

  const windows = all.keyBy((it) => it.key).window(TumblingEventTimeWindows.of(Duration.milliseconds(WINDOW_MS))).sideOutputLateData(late)
    .aggregate(windowSum, windowLine).name('windows').uid('windows');
  windows.sinkTo(lines('windows')).uid('windows-out');
  windows.getSideOutput(late).map(({ key, seq, at, value }) => ({ k: key, s: seq, t: at, v: value })).uid('late').sinkTo(lines('late')).uid('late-out');

  const controlPace = { originMs: input.originMs, perSecond: Math.max(1, (input.perSecond * input.controls) / input.events) };
  const controls = env.fromSource(
    new PacedSource('controls', input.controlSplits, input.controls, controlPace, (split, index) => controlOf(input, split, index)), WatermarkStrategy.noWatermarks(), 'controls',
  ).uid('controls');
  const totals = all.keyBy((it) => it.key).connect(controls.keyBy((it) => it.key)).process(new TotalsFunction()).name('totals').uid('totals');

  history.getSideOutput(timers).union(history.getSideOutput(ticks), history.getSideOutput(odd), totals).sinkTo(lines('facts')).uid('facts-out');
});
