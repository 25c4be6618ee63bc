/** Every record crosses the network four times: rebalance, shuffle, rebalance, hash. What arrives is each record, once. */
import { FileSink } from '@weir/connector-file';
import { defineJob, param, WatermarkStrategy } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { eventOf, type Event } from '../input/events.js';
import { PacedSource } from './paced-source.js';

const params = { output: param.string(), originMs: param.number(), perSecond: param.number(), splits: param.integer(), keys: param.integer(), events: param.integer() };

interface Hop {
  readonly event: Event;
  readonly hops: number;
}

export default defineJob('chaos wide shuffle', { params }, (env, input) => {
  const source = new PacedSource('events', input.splits, input.events, { originMs: input.originMs, perSecond: input.perSecond }, (split, index) => eventOf(input, split, index));
  const hop = ({ event, hops }: Hop): Hop => ({ event, hops: hops + 1 });
  env.fromSource(source, WatermarkStrategy.noWatermarks<Event>(), 'events').uid('events')
    .map((event): Hop => ({ event, hops: 0 })).uid('wrap')
    .rebalance().map(hop).uid('hop-1')
    .shuffle().map(hop).uid('hop-2')
    .rebalance().map(hop).uid('hop-3')
    .keyBy(({ event }) => event.key).map(hop).uid('hop-4')
    .map(({ event, hops }) => ({ k: event.key, s: event.seq, v: event.value, h: hops })).uid('line')
    .sinkTo(FileSink.forRowFormat(`${input.output}/lines`, jsonLines<{ readonly k: string; readonly s: number; readonly v: number; readonly h: number }>()).build()).uid('out');
});
