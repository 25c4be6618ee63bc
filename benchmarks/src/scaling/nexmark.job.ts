/** A query of the Nexmark suite as a module that threads can load. */
import { type DataStream, defineJob, param } from '@weir/datastream';
import { nexmarkSource, nexmarkWatermarks } from '../nexmark/nexmark-source.js';
import { QUERIES } from '../nexmark/queries/index.js';
import { TotalSink } from './total-sink.js';

const EVENTS_PER_SECOND = 100_000;
const params = { query: param.string(), records: param.integer({ min: 1 }), results: param.string(), slots: param.integer({ min: 1 }) };

export default defineJob('scaling: nexmark', { params }, (env, { query, records, results, slots }) => {
  const wanted = QUERIES.find(({ name }) => name === query);
  if (wanted === undefined) throw new Error(`there is no query ${query}`);
  const events = env.fromSource(nexmarkSource(records, { eventsPerSecond: EVENTS_PER_SECOND }, undefined, slots), nexmarkWatermarks, 'events').uid('events');
  (wanted.build(events) as DataStream<unknown>).sinkTo(new TotalSink<unknown>(results, () => 1)).uid('total');
});
