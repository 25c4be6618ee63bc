/** A sink that adds up numbers, so that results can be compared and nothing is optimized away. */
import type { Sink } from '@weir/datastream';

export class SumSink implements Sink<number> {
  readonly description = 'sum';
  readonly stateVersion = 1;
  readonly guarantee = 'none';
  constructor(private readonly total: { sum: number }) {}
  createWriter(): ReturnType<Sink<number>['createWriter']> {
    const { total } = this;
    return {
      write: (value) => { total.sum += value; },
      backlog: () => undefined,
      prepareCommit: async () => [],
      close: async () => undefined,
    };
  }
}
