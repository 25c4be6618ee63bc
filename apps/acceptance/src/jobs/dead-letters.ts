/** As hourly flights, with the lines that cannot be read in a side output of their own. */
import { FileSink, FileSource } from '@weir/connector-file';
import type { MalformedRecord } from '@weir/connector';
import { defineJob, OutputTag, param } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { byTheirDate, flightType, numberedHours, type NumberedHour } from './flights-by-hour.js';

const params = { input: param.string(), output: param.string() };

const malformed = new OutputTag<MalformedRecord>('malformed');

export default defineJob('dead letters', { params }, (env, { input, output }) => {
  const source = FileSource.forRecordFormat(jsonLines({ type: flightType }), input).onMalformed(malformed).build();
  const flights = env.fromSource(source, byTheirDate, 'flights').uid('flights');
  numberedHours(flights).sinkTo(FileSink.forRowFormat(`${output}/hours`, jsonLines<NumberedHour>()).build()).uid('out');
  flights.getSideOutput(malformed).sinkTo(FileSink.forRowFormat(`${output}/dead`, jsonLines<MalformedRecord>()).build()).uid('dead');
});
