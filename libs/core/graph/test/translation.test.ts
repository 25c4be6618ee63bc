import { describe, expect, it } from '@jest/globals';
import { Configuration } from '@weir/base';
import {
  createJobGraph, describePlan, formatPlan, jobGraphOptions, murmur128HexOfText, operatorIdOfUid, type StreamEdge, type StreamNode,
} from '../src/index.js';
import { chains, compile, edge, graphOf, hash, node, specs } from './graphs.js';

const story = (): [StreamNode[], StreamEdge[]] => [
  [
    node(
      1, 'Source: flights', specs.source, { uid: 'flights' },
    ), node(2, 'Map', specs.map), node(3, 'Window(hour)', specs.reduce, { uid: 'mean-delay' }),
    node(4, 'Sink: out', specs.sink, { uid: 'out' }), node(5, 'Sink: late', specs.sink, { parallelism: 1, slotSharingGroup: 'io' }),
  ],
  [edge(1, 2), edge(2, 3, hash), edge(3, 4), edge(3, 5, { sideOutputId: 'late' })],
];

describe('the plan', () => {
  it('tells the job at parallelism 2', () => {
    expect(formatPlan(describePlan(compile(...story(), { defaultParallelism: 2 })))).toMatchInlineSnapshot(`
"test
[1] parallelism 2
    Source: flights #flights
    └─ Map
[2] parallelism 2
    <- HASH from [1] Map
    Window(hour) #mean-delay
    └─ Sink: out #out
[3] parallelism 1, slots io
    <- REBALANCE from [2] Window(hour) (side output late)
    Sink: late
"
`);
  });
  it('tells the job at parallelism 1: the hash edge has nothing to partition', () => {
    expect(formatPlan(describePlan(compile(...story())))).toMatchInlineSnapshot(`
"test
[1] parallelism 1
    Source: flights #flights
    └─ Map
       └─ Window(hour) #mean-delay
          └─ Sink: out #out
[2] parallelism 1, slots io
    <- FORWARD from [1] Window(hour) (side output late)
    Sink: late
"
`);
  });
  it('is JSON', () => {
    const plan = describePlan(compile(...story(), { defaultParallelism: 2 }));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.nodes[2].inputs).toEqual(
      [{ id: operatorIdOfUid('mean-delay'), operatorIndex: 0, inputIndex: 0, shipStrategy: 'REBALANCE', sideOutput: 'late' }],
    );
  });
});

describe('operator ids', () => {
  const ids = (nodes: readonly StreamNode[], edges: readonly StreamEdge[]) =>
    new Map([...compile(nodes, edges).nodes].map(([id, { name }]) => [name, id]));

  it('hash like MurmurHash3 x86 128', () => {
    expect(murmur128HexOfText("I will not buy this tobacconist's, it is scratched.")).toBe('9b5b7ba2ef3f7866889adeaf00f3f98e');
    expect(murmur128HexOfText('')).toBe('0'.repeat(32));
  });
  it('depend on the uid alone where there is one', () => {
    const [nodes, edges] = story();
    const before = ids(nodes, edges).get('Window(hour)');
    nodes[2].name = 'renamed';
    nodes.push(node(6, 'added', specs.map));
    expect(ids(nodes, [edge(1, 6), edge(6, 3, hash), ...edges.slice(2), edge(1, 2)]).get('renamed')).toBe(before);
  });
  it('without uid depend on kind, name and inputs', () => {
    const plain = [node(1, 'a', specs.source), node(2, 'b', specs.process), node(3, 'c', specs.process)];
    const before = ids(plain, [edge(1, 2), edge(2, 3)]);
    expect(ids([...plain, node(4, 'x', specs.process)], [edge(1, 2), edge(2, 3), edge(1, 4)]).get('c')).toBe(before.get('c'));
    expect(ids([plain[0], node(2, 'renamed', specs.process), plain[2]], [edge(1, 2), edge(2, 3)]).get('c')).not.toBe(before.get('c'));
    expect(ids(plain, [edge(1, 2), edge(1, 3)]).get('c')).not.toBe(before.get('c'));
  });
  it('tell twins apart by their order', () => {
    const compiled = compile(
      [node(1, 'a', specs.source), node(2, 'twin', specs.sink), node(3, 'twin', specs.sink)], [edge(1, 2), edge(1, 3)],
    );
    expect(compiled.nodes.size).toBe(3);
  });
});

describe('the hash of a job graph', () => {
  it('is equal for two builds and differs when anything differs', () => {
    const base = compile(...story()).graph.hash;
    expect(compile(...story()).graph.hash).toBe(base);
    expect(compile(...story(), { defaultParallelism: 2 }).graph.hash).not.toBe(base);
    const [nodes, edges] = story();
    nodes[1].name = 'other';
    expect(compile(nodes, edges).graph.hash).not.toBe(base);
  });
  it('does not depend on the order in which a graph lists its nodes', () => {
    const [nodes, edges] = story();
    expect(compile([...nodes].reverse(), edges).graph).toEqual(compile(nodes, edges).graph);
  });
});

describe('defaults', () => {
  it('give operators the parallelism of the configuration, and unequal ends a rebalance', () => {
    const graph = graphOf([node(1, 'a', specs.source), node(2, 'b', specs.sink, { parallelism: 1 })], [edge(1, 2)]);
    const configuration = Configuration.of({ 'parallelism.default': '4', 'pipeline.max-parallelism': '512' }, 'file');
    const { vertices, edges } = createJobGraph(graph, jobGraphOptions(graph, configuration)).graph;
    expect(vertices.map((v) => [v.parallelism, v.maxParallelism, v.maxParallelismExplicit])).toEqual([[4, 512, true], [1, 512, true]]);
    expect(edges.map((e) => [e.partitioner, e.allToAll])).toEqual([['rebalance', true]]);
  });
  it('let the program win over the configuration', () => {
    const graph = {
      ...graphOf([node(1, 'a', specs.source), node(2, 'b', specs.sink)], [edge(1, 2)]),
      configuration: { 'pipeline.operator-chaining.enabled': 'false' },
    };
    expect(chains(createJobGraph(graph, jobGraphOptions(graph, Configuration.empty)))).toEqual(['a', 'b']);
  });
});

describe('graphs that cannot run are refused', () => {
  const source = node(1, 'a', specs.source);
  const sink = node(2, 'b', specs.sink);
  it.each<[string, StreamNode[], StreamEdge[], string]>([
    ['no operators', [], [], 'WEIR_GRAPH_INVALID'],
    ['a sink without input', [source, sink], [], 'WEIR_GRAPH_INVALID'],
    ['an unknown operator', [source, sink], [edge(1, 2), edge(7, 2)], 'WEIR_GRAPH_INVALID'],
    ['two operators with one id', [source, node(1, 'b', specs.sink)], [], 'WEIR_GRAPH_INVALID'],
    ['no source', [node(1, 'm', specs.map), node(2, 'n', specs.map)], [edge(1, 2), edge(2, 1)], 'WEIR_GRAPH_INVALID'],
    ['a cycle', [source, node(2, 'm', specs.map), node(3, 'n', specs.map)], [edge(1, 2), edge(2, 3), edge(3, 2)], 'WEIR_GRAPH_INVALID'],
    ['a source with an input', [source, node(2, 's', specs.source)], [edge(1, 2)], 'WEIR_GRAPH_INVALID'],
    ['a reader of a sink', [source, sink, node(3, 'm', specs.map)], [edge(1, 2), edge(2, 3)], 'WEIR_GRAPH_INVALID'],
    ['a missing second input', [source, node(2, 'co', specs.coProcess)], [edge(1, 2)], 'WEIR_GRAPH_INVALID'],
    ['a keyed operator without key', [source, node(2, 'r', specs.reduce, { keySelectors: [] })], [edge(1, 2)], 'WEIR_GRAPH_INVALID'],
    [
      'one uid twice',
      [node(1, 'a', specs.source, { uid: 'u' }), node(2, 'b', specs.sink, { uid: 'u' })],
      [edge(1, 2)],
      'WEIR_UID_DUPLICATE',
    ],
    [
      'forward to another parallelism',
      [source, node(2, 'b', specs.sink, { parallelism: 3 })],
      [edge(1, 2, { partitioner: { kind: 'forward' } })],
      'WEIR_FORWARD_PARALLELISM',
    ],
    ['parallelism 0', [source, node(2, 'b', specs.sink, { parallelism: 0 })], [edge(1, 2)], 'WEIR_PARALLELISM_INVALID'],
    [
      'parallelism above max parallelism',
      [source, node(2, 'b', specs.sink, { parallelism: 9, maxParallelism: 8 })],
      [edge(1, 2)],
      'WEIR_PARALLELISM_INVALID',
    ],
    [
      'max parallelism above 32768',
      [source, node(2, 'b', specs.sink, { maxParallelism: 40_000 })],
      [edge(1, 2)],
      'WEIR_PARALLELISM_INVALID',
    ],
  ])('%s', (_what, nodes, edges, code) => {
    expect(() => compile(nodes, edges)).toThrow(expect.objectContaining({ code }));
  });
});
