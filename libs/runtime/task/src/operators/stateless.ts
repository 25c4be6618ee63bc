/** Hot path (benchmark: loops/stateless-chain). Closed factories (see `specialize`) of the one-for-one and filtering operators. */
import type { FilterFunction, FlatMapFunction, MapFunction } from '@weir/functions';
import type { Input } from './operator.js';

export interface CountingInput extends Input {
  /** Records sent on; -1 when that follows from the upstream's count. Nothing is counted twice: an increment costs as much as a small function. */
  emitted: number;
}
export type StatelessConstructor<F> = new (fn: F, out: Input) => CountingInput;

export function mapFactory(): StatelessConstructor<MapFunction<unknown, unknown>> {
  return class MapInput implements CountingInput {
    emitted = -1;
    constructor(private readonly fn: MapFunction<unknown, unknown>, private readonly out: Input) {}
    collect(value: unknown): void {
      this.out.collect((0, this.fn)(value));
    }
    watermark(timestamp: number): void {
      this.out.watermark(timestamp);
    }
    idle(idle: boolean): void {
      this.out.idle(idle);
    }
  };
}

export function filterFactory(): StatelessConstructor<FilterFunction<unknown>> {
  return class FilterInput implements CountingInput {
    emitted = 0;
    constructor(private readonly fn: FilterFunction<unknown>, private readonly out: Input) {}
    collect(value: unknown): void {
      if ((0, this.fn)(value)) {
        this.emitted++;
        this.out.collect(value);
      }
    }
    watermark(timestamp: number): void {
      this.out.watermark(timestamp);
    }
    idle(idle: boolean): void {
      this.out.idle(idle);
    }
  };
}

export function flatMapFactory(): StatelessConstructor<FlatMapFunction<unknown, unknown>> {
  return class FlatMapInput implements CountingInput {
    emitted = 0;
    private readonly collector: { collect(value: unknown): void };
    constructor(private readonly fn: FlatMapFunction<unknown, unknown>, private readonly out: Input) {
      this.collector = { collect: (value) => { this.emitted++; out.collect(value); } };
    }
    collect(value: unknown): void {
      (0, this.fn)(value, this.collector);
    }
    watermark(timestamp: number): void {
      this.out.watermark(timestamp);
    }
    idle(idle: boolean): void {
      this.out.idle(idle);
    }
  };
}
