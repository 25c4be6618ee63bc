/** The generator as a source. Each of `readers` makes every n-th event, as in the suite; all of them together give the stream of one generator. */
import { DataGeneratorSource, Duration, WatermarkStrategy } from '@weir/datastream';
import { interleaved } from '../interleaved.js';
import type { NexmarkEvent } from './model/events.js';
import { NexmarkGenerator } from './model/nexmark-generator.js';
import type { NexmarkOptions } from './model/nexmark-options.js';

export function nexmarkSource(events: number | undefined, options: Partial<NexmarkOptions> = {}, recordsPerSecond?: number, readers = 1): DataGeneratorSource<NexmarkEvent> {
  const generator = new NexmarkGenerator(options);
  const make = (k: number): NexmarkEvent => generator.event(k);
  return new DataGeneratorSource<NexmarkEvent>(events === undefined ? make : interleaved(make, events, readers), events, recordsPerSecond === undefined ? {} : { recordsPerSecond });
}

/** As the suite declares it: four seconds behind the largest time seen. */
export const nexmarkWatermarks: WatermarkStrategy<NexmarkEvent> = WatermarkStrategy
  .forBoundedOutOfOrderness<NexmarkEvent>(Duration.seconds(4)).withTimestampAssigner((event) => event.dateTime);
