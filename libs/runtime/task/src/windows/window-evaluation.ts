/** The three ways to evaluate a window (aggregate, reduce, process) as one: an accumulator that is added to, and a result per window. */
import type { ByteReader, ByteWriter } from '@weir/base';
import type { AggregateFunction, ProcessWindowFunction } from '@weir/functions';
import type { PartialAggregate, WindowEvaluation } from '@weir/graph';
import { StateSerializer } from '@weir/state';
import type { TypeDescription } from '@weir/types';

/** What window operators work on. `merge` is there when the accumulators can be merged. */
export interface WindowAccumulator {
  readonly aggregate: Required<Pick<AggregateFunction<unknown, unknown, unknown>, 'createAccumulator' | 'add' | 'getResult'>>;
  readonly merge: ((a: unknown, b: unknown) => unknown) | undefined;
  /** True when the accumulator is the list of elements, handed to `process` as it is. */
  readonly buffered: boolean;
  readonly process: ProcessWindowFunction<unknown, unknown, unknown> | undefined;
  readonly codec: AccumulatorCodec;
}

/** Writes and reads accumulators; the type is inferred from the first ones unless declared. */
export interface AccumulatorCodec {
  prepare(samples: () => Iterable<unknown>): void;
  describe(): TypeDescription | null;
  write(accumulator: unknown, out: ByteWriter): void;
  readerOf(description: TypeDescription | null): (body: ByteReader) => unknown;
}

export function windowAccumulator(evaluation: WindowEvaluation, operatorName: string): WindowAccumulator {
  switch (evaluation.kind) {
    case 'aggregate': {
      const { fn } = evaluation;
      return {
        aggregate: fn,
        merge: fn.merge === undefined ? undefined : (a, b) => (fn.merge as (x: unknown, y: unknown) => unknown)(a, b),
        buffered: false,
        process: evaluation.process,
        codec: new StateSerializer<unknown>(operatorName, evaluation.stateType),
      };
    }
    case 'reduce': {
      const { fn } = evaluation;
      return {
        aggregate: {
          createAccumulator: () => undefined,
          add: (value, accumulated) => (accumulated === undefined ? value : fn(accumulated, value)),
          getResult: (accumulated) => accumulated,
        },
        merge: (a, b) => (a === undefined ? b : b === undefined ? a : fn(a, b)),
        buffered: false,
        process: evaluation.process,
        codec: new StateSerializer<unknown>(operatorName, evaluation.stateType),
      };
    }
    case 'process': {
      const elements = new StateSerializer<unknown>(operatorName, evaluation.elementType);
      return {
        aggregate: {
          createAccumulator: () => [],
          add: (value, buffer) => {
            (buffer as unknown[]).push(value);
            return buffer;
          },
          getResult: (buffer) => buffer,
        },
        merge: (a, b) => [...(a as unknown[]), ...(b as unknown[])],
        buffered: true,
        process: evaluation.fn,
        codec: {
          prepare: (samples) => elements.prepare(() => elementsOf(samples() as Iterable<unknown[]>)),
          describe: () => elements.describe(),
          write: (buffer, out) => {
            const list = buffer as unknown[];
            out.varint(list.length);
            for (const element of list) elements.write(element, out);
          },
          readerOf: (description) => {
            const read = elements.readerOf(description);
            return (body) => Array.from({ length: body.varint() }, () => read(body));
          },
        },
      };
    }
  }
}

/** The same where parts come in, aggregated by local windows (docs/adr/0006). */
export function mergingAccumulator(accumulator: WindowAccumulator): WindowAccumulator {
  const merge = accumulator.merge as NonNullable<WindowAccumulator['merge']>;
  return { ...accumulator, aggregate: { ...accumulatorMethods(accumulator), add: (partial, own) => merge(own, (partial as PartialAggregate).accumulator) } };
}

/** A user's aggregate may be an object of a class. */
function accumulatorMethods({ aggregate }: WindowAccumulator): WindowAccumulator['aggregate'] {
  return {
    createAccumulator: () => aggregate.createAccumulator(), add: (value, own) => aggregate.add(value, own), getResult: (own) => aggregate.getResult(own),
  };
}

function* elementsOf(buffers: Iterable<unknown[]>): Generator<unknown> {
  for (const buffer of buffers) yield* buffer;
}
