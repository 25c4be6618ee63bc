/** Which windows get a local part, and what the graph is then. */
import { describe, expect, it } from '@jest/globals';
import { aggregates, associative, OutputTag, ProcessWindowFunction } from '@weir/functions';
import {
  Duration, EventTimeSessionWindows, SlidingEventTimeWindows, SlidingProcessingTimeWindows, TumblingEventTimeWindows, TumblingProcessingTimeWindows,
} from '@weir/time';
import type { CompiledJob, LocalWindowSpec, StreamEdge, StreamNode, WindowEvaluation, WindowOperatorSpec } from '../src/index.js';
import { chains, compile, edge, hash, node, self, specs } from './graphs.js';

const second = Duration.seconds(1);
const count: WindowEvaluation = { kind: 'aggregate', fn: aggregates.count() as never };
const own = { createAccumulator: () => [], add: (_value: unknown, list: unknown) => list, getResult: self };
const summed: WindowOperatorSpec = { kind: 'window', assigner: TumblingEventTimeWindows.of(second), evaluation: count, allowedLatenessMs: 0 };

/** A source with parallelism 2 and a window behind `keyBy`. */
function withWindow(
  spec: Partial<WindowOperatorSpec>, { source = {}, window = {}, via = {}, enabled = true, inChains = false }:
  { source?: Partial<StreamNode>; window?: Partial<StreamNode>; via?: Partial<StreamEdge>; enabled?: boolean; inChains?: boolean } = {},
): CompiledJob {
  return compile(
    [node(1, 'source', specs.source, source), node(2, 'window', { ...summed, ...spec }, { keySelectors: [self], ...window }), node(3, 'sink', specs.sink)],
    [edge(1, 2, { ...hash, ...via }), edge(2, 3)], { defaultParallelism: 2, localAggregation: enabled, localAggregationInChains: inChains },
  );
}
const TWO = ['source -> Local window', 'window -> sink'];
const ONE = ['source', 'window -> sink'];
const hasLocal = (spec: Partial<WindowOperatorSpec>): boolean => chains(withWindow(spec)).includes(TWO[0]);
const localOf = (job: CompiledJob): LocalWindowSpec | undefined =>
  [...job.nodes.values()].map(({ spec }) => spec).find((spec): spec is LocalWindowSpec => spec.kind === 'local-window');

describe('a window behind an exchange', () => {
  it('has a local part in its producer\'s chain', () => expect(chains(withWindow({}))).toEqual(TWO));
  it('has none when that is turned off', () => expect(chains(withWindow({}, { enabled: false }))).toEqual(ONE));
  it('has none behind a producer that nothing may follow', () => expect(chains(withWindow({}, { source: { chaining: 'never' } }))).toEqual(ONE));
  it('has none when it is chained to its producer', () => {
    expect(chains(withWindow({}, { source: { parallelism: 1 }, window: { parallelism: 1 } }))).toEqual(['source -> window', 'sink']);
  });
  it('has one in its chain too where records may be in flight to it: they are the same at every parallelism', () => {
    const single = { source: { parallelism: 1 }, window: { parallelism: 1 } };
    expect(chains(withWindow({}, { ...single, inChains: true }))).toEqual(['source -> Local window -> window', 'sink']);
    expect(chains(withWindow({}, { inChains: true }))).toEqual(TWO);
  });
  it('has one at parallelism 1 when it starts a chain of its own', () => {
    const single = { parallelism: 1 };
    expect(chains(withWindow({}, { source: single, window: { ...single, chaining: 'head' } }))).toEqual(['source -> Local window', 'window', 'sink']);
  });
  it('has one on a side output', () => expect(chains(withWindow({}, { via: { sideOutputId: 'odd' } }))).toEqual(TWO));
  it('has none when records are too late only later, or go elsewhere then', () => {
    expect(hasLocal({ allowedLatenessMs: 1 })).toBe(false);
    expect(hasLocal({ lateTag: new OutputTag('late') })).toBe(false);
  });
  it('has none when accumulators do not merge', () => {
    expect(hasLocal({ evaluation: { kind: 'aggregate', fn: own } })).toBe(false);
    expect(hasLocal({ evaluation: { kind: 'aggregate', fn: { ...own, merge: self } } })).toBe(true);
    expect(hasLocal({ evaluation: { kind: 'reduce', fn: self } })).toBe(false);
    expect(hasLocal({ evaluation: { kind: 'reduce', fn: associative(self) } })).toBe(true);
    class Elements extends ProcessWindowFunction<unknown, unknown, unknown> { override process(): void { expect(this).toBeDefined(); } }
    expect(hasLocal({ evaluation: { kind: 'process', fn: new Elements() } })).toBe(false);
  });
  it('slides with a local part only where windows may share the accumulator of a slice', () => {
    const sliding = { assigner: SlidingEventTimeWindows.of(Duration.seconds(10), Duration.seconds(4)) };
    expect(localOf(withWindow(sliding))?.sliceMs).toBe(2000);
    expect(hasLocal({ ...sliding, evaluation: { kind: 'aggregate', fn: { ...own, merge: self } } })).toBe(false);
    expect(hasLocal({ assigner: SlidingEventTimeWindows.of(second, Duration.seconds(2)) })).toBe(false);
    expect(hasLocal({ assigner: SlidingProcessingTimeWindows.of(Duration.seconds(2), second) })).toBe(false);
    expect(hasLocal({ assigner: TumblingProcessingTimeWindows.of(second) })).toBe(true);
    expect(hasLocal({ assigner: EventTimeSessionWindows.withGap(second) })).toBe(false);
  });
});

describe('the graph with local parts', () => {
  it('keeps the ids of all operators that the user wrote', () => {
    const [without, withParts] = [withWindow({}, { enabled: false }), withWindow({})];
    const kept = [...withParts.nodes].filter(([, { spec }]) => spec.kind !== 'local-window');
    expect(kept.map(([id, { name }]) => [id, name])).toEqual([...without.nodes].map(([id, { name }]) => [id, name]));
    expect(withParts.nodes.size).toBe(without.nodes.size + 1);
  });
  it('partitions by the key that was sent along', () => {
    const [partitioner] = withWindow({}).partitioners;
    expect(partitioner.kind === 'hash' ? partitioner.keySelector({ key: 'k', accumulator: 1 }) : undefined).toBe('k');
  });
  it('has a local part for each input of a union, or none at all', () => {
    const union = (second: Partial<StreamNode>): string[] => chains(compile(
      [node(1, 'a', specs.source), node(2, 'b', specs.source, second), node(3, 'window', summed, { keySelectors: [self] })],
      [edge(1, 3, hash), edge(2, 3, hash)], { localAggregation: true },
    ));
    expect(union({})).toEqual(['a -> Local window', 'b -> Local window', 'window']);
    expect(union({ chaining: 'never' })).toEqual(['a', 'b', 'window']);
  });
});
