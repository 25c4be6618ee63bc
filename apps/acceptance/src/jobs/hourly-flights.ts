/** Flights in JSON lines to hours in JSON lines. `malformed` says what becomes of lines that cannot be read; `extra` changes the graph. */
import { FileSink, FileSource } from '@weir/connector-file';
import { defineJob, param } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { byTheirDate, flightType, numberedHours, type NumberedHour } from './flights-by-hour.js';

const params = {
  input: param.string({ description: 'file of JSON lines' }),
  output: param.string({ description: 'directory to write to' }),
  malformed: param.string({ default: 'fail', description: 'fail or skip' }),
};

export default defineJob('hourly flights', { params }, (env, { input, output, malformed }) => {
  const source = FileSource.forRecordFormat(jsonLines({ type: flightType }), input).onMalformed(malformed === 'skip' ? 'skip' : 'fail').build();
  const flights = env.fromSource(source, byTheirDate, 'flights').uid('flights');
  // Not a parameter: parameters say which job it is, and this is to be the same job with another graph.
  const changed = process.env.WEIR_TEST_CHANGED_GRAPH === undefined ? flights : flights.keyBy((it) => it.origin).reduce((_, it) => it).uid('newest');
  numberedHours(changed, process.env.WEIR_TEST_CHANGED_GRAPH === undefined).sinkTo(FileSink.forRowFormat(output, jsonLines<NumberedHour>()).build()).uid('out');
});
