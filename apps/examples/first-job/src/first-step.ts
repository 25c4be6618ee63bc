import { FileSink } from '@weir/connector-file';
import { DataGeneratorSource, defineJob, WatermarkStrategy, type KeyedNumber } from '@weir/datastream';
import { jsonLines } from '@weir/format-json';

const ROOMS = ['attic', 'cellar', 'kitchen', 'study'];

export default defineJob('rooms', (env) => {
  const source = new DataGeneratorSource((n) => ROOMS[n % 4], 60_000, { recordsPerSecond: 2_000 });

  env.fromSource(source, WatermarkStrategy.noWatermarks(), 'readings').uid('readings')
    .keyBy((room) => room)
    .count().name('count').uid('count')
    .sinkTo(FileSink.forRowFormat('out/rooms', jsonLines<KeyedNumber<string>>()).build()).name('results').uid('results');
});
