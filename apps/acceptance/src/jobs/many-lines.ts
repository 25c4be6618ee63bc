/** Writes much: every flight as a line. */
import { FileSink, FileSource } from '@weir/connector-file';
import { defineJob, param, WatermarkStrategy } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { parquet } from '@weir/format-parquet';
import { flightType, type Flight } from './flights-by-hour.js';

const params = { input: param.string(), output: param.string() };

export default defineJob('many lines', { params }, (env, { input, output }) => {
  env.fromSource(FileSource.forBulkFormat(parquet({ columns: flightType }), input).build(), WatermarkStrategy.noWatermarks<Flight>(), 'flights').uid('flights')
    .sinkTo(FileSink.forRowFormat(output, jsonLines<Flight>()).build()).uid('out');
});
