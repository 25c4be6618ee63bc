/** The heap backend: taken whole, in rows at once, and in rows behind the task, a few slots a turn. */
import { ManualClock } from '@weir/ports';
import { createHeapStateBackends, type HeapStateOptions } from '@weir/state';
import { stateBackendConformance, type StateBackendFixture } from '@weir/testing/conformance';

const timers = {
  after: (): never => {
    throw new Error('nothing waits for a time');
  },
  defer: (callback: () => void): void => void setImmediate(callback),
};
function fixtureOf(options: HeapStateOptions): () => Promise<StateBackendFixture> {
  return () => {
    const clock = new ManualClock(0);
    return Promise.resolve({ clock, backends: createHeapStateBackends({ clock, ...options }) });
  };
}

stateBackendConformance('heap', fixtureOf({}), { incremental: false }, 100);
stateBackendConformance('heap, rows at once', fixtureOf({ wholeEntries: 0 }), { incremental: 'within-attempt' }, 100);
stateBackendConformance('heap, rows slot by slot', fixtureOf({ wholeEntries: 0, timers, sliceSlots: 2 }), { incremental: 'within-attempt' }, 200);
stateBackendConformance('heap, rows of more than two keys', fixtureOf({ wholeEntries: 2, timers, sliceSlots: 3 }), { incremental: 'within-attempt' }, 100);
