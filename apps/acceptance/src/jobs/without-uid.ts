/** Stateful operators that nobody named. */
import { FileSink, FileSource } from '@weir/connector-file';
import { defineJob, param } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { parquet } from '@weir/format-parquet';
import { byTheirDate, flightType, numberedHours, type NumberedHour } from './flights-by-hour.js';

const params = { input: param.string(), output: param.string() };

export default defineJob('without uid', { params }, (env, { input, output }) => {
  const flights = env.fromSource(FileSource.forBulkFormat(parquet({ columns: flightType }), input).build(), byTheirDate, 'flights').uid('flights');
  numberedHours(flights, false).sinkTo(FileSink.forRowFormat(output, jsonLines<NumberedHour>()).build()).uid('out');
});
