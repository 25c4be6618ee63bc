/** The conditions of chaining one by one: each test breaks exactly one of them. */
import { describe, expect, it } from '@jest/globals';
import type { StreamEdge, StreamNode } from '../src/index.js';
import { chains, compile, edge, hash, node, specs } from './graphs.js';

function pair(source: Partial<StreamNode>, target: Partial<StreamNode>, via: Partial<StreamEdge> = {}): string[] {
  return chains(
    compile([node(1, 'a', specs.source, source), node(2, 'b', specs.map, target)], [edge(1, 2, via)], { defaultParallelism: 2 }),
  );
}

describe('two operators', () => {
  it('are chained when nothing stands between them', () => expect(pair({}, {})).toEqual(['a -> b']));
  it('are chained over an explicit forward', () => expect(pair({}, {}, { partitioner: { kind: 'forward' } })).toEqual(['a -> b']));
  it('are chained over a side output', () => expect(pair({}, {}, { sideOutputId: 'late' })).toEqual(['a -> b']));
  it('are not chained when the parallelism differs', () => expect(pair({ parallelism: 1 }, {})).toEqual(['a', 'b']));
  it('are not chained when records are spread', () => {
    for (const kind of ['rebalance', 'rescale', 'shuffle', 'broadcast', 'global'] as const) {
      expect(pair({}, {}, { partitioner: { kind } })).toEqual(['a', 'b']);
    }
  });
  it('are not chained over a hash edge between several subtasks', () => expect(pair({}, {}, hash)).toEqual(['a', 'b']));
  it('are chained over a hash edge between single subtasks, which partitions nothing', () => {
    expect(pair({ parallelism: 1 }, { parallelism: 1 }, hash)).toEqual(['a -> b']);
  });
  it('are not chained over a rebalance between single subtasks: the user asked for it', () => {
    expect(pair({ parallelism: 1 }, { parallelism: 1 }, { partitioner: { kind: 'rebalance' } })).toEqual(['a', 'b']);
  });
  it('are not chained across slot-sharing groups', () => expect(pair({}, { slotSharingGroup: 'other' })).toEqual(['a', 'b']));
  it('are not chained when the second starts a new chain', () => expect(pair({}, { chaining: 'head' })).toEqual(['a', 'b']));
  it('are chained when the first is a head', () => expect(pair({ chaining: 'head' }, {})).toEqual(['a -> b']));
  it('are not chained when either forbids it', () => {
    expect(pair({ chaining: 'never' }, {})).toEqual(['a', 'b']);
    expect(pair({}, { chaining: 'never' })).toEqual(['a', 'b']);
  });
  it('are not chained when their max parallelism is set to different values', () => {
    expect(pair({ maxParallelism: 128 }, { maxParallelism: 256 })).toEqual(['a', 'b']);
    expect(pair({ maxParallelism: 128 }, {})).toEqual(['a -> b']);
  });
  it('are not chained when chaining is off', () => {
    expect(
      chains(compile([node(1, 'a', specs.source), node(2, 'b', specs.map)], [edge(1, 2)], { chainingEnabled: false })),
    ).toEqual(['a', 'b']);
  });
});

describe('a chain', () => {
  it('takes the max parallelism that one of its operators sets, and keeps out what contradicts it', () => {
    const compiled = compile(
      [node(1, 'a', specs.source), node(2, 'b', specs.map, { maxParallelism: 64 }), node(3, 'c', specs.map, { maxParallelism: 32 })],
      [edge(1, 2), edge(1, 3)],
    );
    expect(
      compiled.graph.vertices.map((v) => [v.name, v.maxParallelism, v.maxParallelismExplicit]),
    ).toEqual([['a -> b', 64, true], ['c', 32, true]]);
  });

  it('may branch', () => {
    const compiled = compile(
      [node(1, 'a', specs.source), node(2, 'b', specs.map), node(3, 'c', specs.sink), node(4, 'd', specs.sink)],
      [edge(1, 2), edge(2, 3), edge(1, 4, { sideOutputId: 'late' })],
    );
    expect(chains(compiled)).toEqual(['a -> (b -> c, d)']);
    expect(compiled.graph.vertices[0].operators.map((o) => o.outputs)).toEqual([
      [
        { targetIndex: 1, sideOutputId: undefined }, { targetIndex: 3, sideOutputId: 'late' },
      ], [{ targetIndex: 2, sideOutputId: undefined }], [], [],
    ]);
  });

  it('begins behind a union and at an operator with two inputs', () => {
    const nodes = [
      node(1, 'a', specs.source),
      node(2, 'b', specs.source),
      node(3, 'union', specs.map),
      node(4, 'two', specs.coProcess),
      node(5, 'out', specs.sink),
    ];
    const compiled = compile(nodes, [edge(1, 3), edge(2, 3), edge(3, 4), edge(2, 4, { inputIndex: 1 }), edge(4, 5)]);
    expect(chains(compiled)).toEqual(['a', 'b', 'union', 'two -> out']);
    expect(compiled.graph.vertices.map((vertex) => vertex.inputCount)).toEqual([0, 0, 1, 2]);
    expect(compiled.graph.edges.map((e) => [e.index, e.inputIndex, e.partitioner])).toEqual(
      [[0, 0, 'forward'], [1, 0, 'forward'], [2, 0, 'forward'], [3, 1, 'forward']],
    );
  });
});
