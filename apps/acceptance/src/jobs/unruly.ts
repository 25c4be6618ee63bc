/**
 * Hourly flights whose function does to its thread, once, what only a thread of its own survives. `mode` says what; `markers` is a directory where
 * it leaves a trace that it was done.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSink, FileSource } from '@weir/connector-file';
import { defineJob, param } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';
import { parquet } from '@weir/format-parquet';
import { byTheirDate, flightType, numberedHours, type NumberedHour } from './flights-by-hour.js';

const MODES = ['exit', 'uncaught', 'rejection', 'loop', 'heap', 'chdir'] as const;

const params = { input: param.string(), output: param.string(), markers: param.string(), mode: param.oneOf(MODES) };

/** The input begins with 2001 and holds about a month. */
const AT = Date.UTC(2001, 0, 12);

export default defineJob('unruly', { params }, (env, { input, output, markers, mode }) => {
  const deed = new Deed(mode, join(markers, mode));
  const flights = env.fromSource(FileSource.forBulkFormat(parquet({ columns: flightType }), input).build(), byTheirDate, 'flights').uid('flights').map((flight) => {
    if (flight.date >= AT) deed.doOnce();
    return flight;
  });
  numberedHours(flights).sinkTo(FileSink.forRowFormat(output, jsonLines<NumberedHour>()).build()).uid('out');
});

class Deed {
  private done = false;

  constructor(private readonly mode: (typeof MODES)[number], private readonly marker: string) {}

  doOnce(): void {
    if (this.done) return;
    this.done = true;
    try {
      writeFileSync(this.marker, '', { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      throw error;
    }
    this.act();
  }

  private act(): void {
    switch (this.mode) {
      case 'exit':
        process.exit(3);
        return;
      case 'chdir':
        process.chdir('/');
        return;
      case 'uncaught':
        setTimeout(() => {
          throw new Error('thrown by a timer');
        }, 0);
        return;
      case 'rejection':
        void Promise.reject(new Error('rejected, and nobody listens'));
        return;
      case 'loop':
        for (;;) Math.random();
      case 'heap': {
        const kept: number[][] = [];
        for (;;) kept.push(new Array<number>(100_000).fill(kept.length));
      }
    }
  }
}
