/** Wrong: one branch turns the reading to Fahrenheit in place, and the other one counts the very same object. */
import { CollectSink, DataGeneratorSource, defineJob, WatermarkStrategy } from '@weir/datastream';

interface Reading { room: string; degrees: number }

const ROOMS = ['attic', 'cellar', 'kitchen', 'study'];

export default defineJob('shared rooms', (env) => {
  const readings = env.fromSource(new DataGeneratorSource((n): Reading => ({ room: ROOMS[n % 4], degrees: 18 + (n % 7) }), 80), WatermarkStrategy.noWatermarks<Reading>(), 'readings')
    .uid('readings')
    .map((it) => ({ ...it })).name('calibrated');

  readings
    .map((it) => {
      it.degrees = it.degrees * 1.8 + 32;
      return it;
    }).name('fahrenheit')
    .sinkTo(new CollectSink<Reading>()).name('abroad').uid('abroad');

  readings
    .keyBy((it) => it.room)
    .max((it) => it.degrees).name('warmest').uid('warmest')
    .sinkTo(new CollectSink()).name('at home').uid('at-home');
});
