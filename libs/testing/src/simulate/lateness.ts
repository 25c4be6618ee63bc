/**
 * Can a record come behind the watermark of its own stream? By the strategy's rule alone, with the watermark as early as it may be. Records
 * of one split keep their order; splits come one after another, or at the same time.
 */
import type { WatermarkStrategy } from '@weir/time';

interface TimedRecord {
  readonly value?: unknown;
  readonly timestamp: number;
  readonly splitId: string;
}

/** The reason why there may be late records; undefined when there are none. `in any order`: the records' order is not fixed at all. */
export function latenessOf(name: string, strategy: WatermarkStrategy<unknown>, records: readonly TimedRecord[], order: 'by split' | 'in any order' = 'by split'): string | undefined {
  const { generator, idlenessMs } = strategy;
  if (generator.kind === 'none') return undefined;
  if (idlenessMs !== undefined) return `an input of ${name} counts as idle after ${idlenessMs} ms, and its later records may come late`;
  if (order === 'in any order' && generator.kind === 'custom') return `${name} makes watermarks by a rule of its own from records in any order`;
  const custom = generator.kind === 'custom' ? new Map<string, ReturnType<typeof generator.create>>() : undefined;
  let largest = -Infinity;
  let smallest = Infinity;
  let watermark = -Infinity;
  for (const { value, timestamp, splitId } of records) {
    if (timestamp <= watermark) return lateText(name, timestamp, watermark);
    largest = Math.max(largest, timestamp);
    smallest = Math.min(smallest, timestamp);
    if (generator.kind === 'bounded-out-of-orderness') watermark = largest - generator.maxOutOfOrdernessMs - 1;
    else {
      let own = custom?.get(splitId);
      if (own === undefined && generator.kind === 'custom') custom?.set(splitId, (own = generator.create()));
      watermark = Math.max(watermark, own?.onEvent(value, timestamp) ?? -Infinity, own?.onPeriodicEmit() ?? -Infinity);
    }
  }
  return order === 'in any order' && smallest <= watermark ? lateText(name, smallest, watermark) : undefined;
}

function lateText(name: string, timestamp: number, watermark: number): string {
  return `records of ${name} may be late (time ${timestamp} when the watermark may be ${watermark})`;
}
