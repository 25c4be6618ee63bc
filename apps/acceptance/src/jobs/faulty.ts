/**
 * Hourly flights with faults. `faults` names those to inject, separated by commas; where a fault has happened is kept in `markers`.
 */
import { FileSink, FileSource } from '@weir/connector-file';
import { defineJob, param } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { parquet } from '@weir/format-parquet';
import { Fault } from './fault.js';
import { FaultySink } from './faulty-sink.js';
import { FaultySource } from './faulty-source.js';
import { byTheirDate, flightType, numberedHours, type NumberedHour } from './flights-by-hour.js';

/** The input begins with 2001 and holds about a month. */
const FIRST_FAULT = Date.UTC(2001, 0, 12);
const SECOND_FAULT = Date.UTC(2001, 0, 24);

const params = {
  input: param.string(),
  output: param.string(),
  faults: param.string({ default: '' }),
  markers: param.string({ default: '.' }),
};

export default defineJob('faulty', { params }, (env, { input, output, faults, markers }) => {
  const names = faults.split(',');
  const fault = (name: string): Fault | undefined => (names.includes(name) ? new Fault(name, markers) : undefined);

  const source = new FaultySource(FileSource.forBulkFormat(parquet({ columns: flightType }), input).build(), {
    snapshot: fault('source-snapshot'), poll: fault('source-poll'), restore: fault('source-restore'),
  });
  const sink = new FaultySink(FileSink.forRowFormat(output, jsonLines<NumberedHour>()).build(), {
    prepare: fault('sink-prepare'), unacknowledged: fault('sink-unacknowledged'), prepared: fault('sink-prepared'),
    beforeCommit: fault('before-commit'), afterCommit: fault('after-commit'), recover: fault('sink-recover'),
  });

  const inFunction = fault('function');
  const inFunctionLater = fault('late-function');
  const flights = env.fromSource(source, byTheirDate, 'flights').uid('flights').map((flight) => {
    if (flight.date >= FIRST_FAULT) inFunction?.strike();
    if (flight.date >= SECOND_FAULT) inFunctionLater?.strike();
    return flight;
  });
  numberedHours(flights).sinkTo(sink).uid('out');
});
