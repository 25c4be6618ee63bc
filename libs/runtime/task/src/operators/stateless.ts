/**
 * Hot path (benchmark: loops/stateless-chain). Closed factories (see `specialize`) of the one-for-one and filtering operators. Function and
 * output are captured variables, not fields: V8 compiles a closure that exists once for its very context, so both become constants of the
 * machine code and the whole chain is inlined without a check per operator.
 */
import type { FilterFunction, FlatMapFunction, MapFunction } from '@weir/functions';
import type { Input } from './operator.js';

export interface CountingInput extends Input {
  /** Records sent on; -1 when that follows from the upstream's count. Nothing is counted twice: an increment costs as much as a small function. */
  emitted: number;
}
export interface StatelessDependencies<F> {
  readonly fn: F;
  readonly out: Input;
}

export function mapFactory({ fn, out }: StatelessDependencies<MapFunction<unknown, unknown>>): CountingInput {
  return {
    emitted: -1,
    collect(value) { out.collect(fn(value)); },
    watermark(timestamp) { out.watermark(timestamp); },
    idle(idle) { out.idle(idle); },
  };
}

export function filterFactory({ fn, out }: StatelessDependencies<FilterFunction<unknown>>): CountingInput {
  const input: CountingInput = {
    emitted: 0,
    collect(value) {
      if (fn(value)) {
        input.emitted++;
        out.collect(value);
      }
    },
    watermark(timestamp) { out.watermark(timestamp); },
    idle(idle) { out.idle(idle); },
  };
  return input;
}

export function flatMapFactory({ fn, out }: StatelessDependencies<FlatMapFunction<unknown, unknown>>): CountingInput {
  const collector = { collect(value: unknown) { input.emitted++; out.collect(value); } };
  const input: CountingInput = {
    emitted: 0,
    collect(value) { fn(value, collector); },
    watermark(timestamp) { out.watermark(timestamp); },
    idle(idle) { out.idle(idle); },
  };
  return input;
}
