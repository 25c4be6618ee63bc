/** The generator as a source. With several readers each takes a contiguous share of the event numbers; all of them give the stream of one generator. */
import { DataGeneratorSource, Duration, WatermarkStrategy } from '@weir/datastream';
import type { NexmarkEvent } from './model/events.js';
import { NexmarkGenerator } from './model/nexmark-generator.js';
import type { NexmarkOptions } from './model/nexmark-options.js';

export function nexmarkSource(events: number | undefined, options: Partial<NexmarkOptions> = {}, recordsPerSecond?: number): DataGeneratorSource<NexmarkEvent> {
  const generator = new NexmarkGenerator(options);
  return new DataGeneratorSource<NexmarkEvent>((k) => generator.event(k), events, recordsPerSecond === undefined ? {} : { recordsPerSecond });
}

/** As the suite declares it: four seconds behind the largest time seen. */
export const nexmarkWatermarks: WatermarkStrategy<NexmarkEvent> = WatermarkStrategy
  .forBoundedOutOfOrderness<NexmarkEvent>(Duration.seconds(4)).withTimestampAssigner((event) => event.dateTime);
