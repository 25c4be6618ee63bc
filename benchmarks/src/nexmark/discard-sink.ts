/** Counts results and drops them. */
import type { Sink } from '@weir/datastream';

export class DiscardSink implements Sink<unknown> {
  readonly description = 'discard';
  readonly stateVersion = 1;
  readonly guarantee = 'none';
  constructor(private readonly seen: { results: number }) {}
  createWriter(): ReturnType<Sink<unknown>['createWriter']> {
    const { seen } = this;
    return {
      write: () => { seen.results++; },
      backlog: () => undefined,
      prepareCommit: async () => [],
      close: async () => undefined,
    };
  }
}
