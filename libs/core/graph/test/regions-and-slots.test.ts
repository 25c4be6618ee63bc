/**
 * Strategy: random layered graphs with random parallelism, partitioners and groups; regions are compared with a search over all channels,
 * slots with the definition of slot sharing.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  computeSlots, consumerSubtasks, pipelinedRegions, producerSubtasks, type CompiledJob, type StreamEdge, type StreamNode,
} from '../src/index.js';
import { compile, edge, node, self, specs } from './graphs.js';

const KINDS = ['auto', 'rescale', 'rebalance', 'hash', 'broadcast', 'global'] as const;
const widths = fc.integer({ min: 1, max: 5 });
const layered = fc
  .array(
    fc.record({ parallelism: widths, from: fc.nat(), kind: fc.constantFrom(...KINDS), group: fc.constantFrom('default', 'other') }),
    { minLength: 1, maxLength: 6 },
  )
  .map((layers): CompiledJob => {
    const nodes: StreamNode[] = [node(1, 's', specs.source, { parallelism: layers[0].parallelism })];
    const edges: StreamEdge[] = [];
    layers.forEach(({ parallelism, from, kind, group }, i) => {
      nodes.push(node(i + 2, `n${i}`, specs.map, { parallelism, slotSharingGroup: group }));
      edges.push(edge((from % (i + 1)) + 1, i + 2, { partitioner: kind === 'hash' ? { kind, keySelector: self } : { kind } }));
    });
    return compile(nodes, edges);
  });
const name = (ref: { vertexId: string; subtaskIndex: number }): string => `${ref.vertexId}/${ref.subtaskIndex}`;

describe('channel patterns', () => {
  it('agree from both ends and leave nobody unconnected', () => {
    fc.assert(
      fc.property(fc.constantFrom(
        'rescale' as const, 'hash' as const, 'global' as const,
      ), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (kind, producers, consumers) => {
        const pairs = new Set<string>();
        for (let i = 0; i < producers; i++) {
          const { first, last } = consumerSubtasks(kind, i, producers, consumers);
          expect(last).toBeGreaterThanOrEqual(first);
          for (let j = first; j <= last; j++) pairs.add(`${i}-${j}`);
        }
        const back = new Set<string>();
        for (let j = 0; j < consumers; j++) {
          const { first, last } = producerSubtasks(kind, j, producers, consumers);
          expect(last).toBeGreaterThanOrEqual(first);
          for (let i = first; i <= last; i++) back.add(`${i}-${j}`);
        }
        expect(back).toEqual(pairs);
      }),
    );
  });
});

describe('pipelined regions', () => {
  it('are the connected components of subtasks and channels', () => {
    fc.assert(
      fc.property(layered, ({ graph }) => {
        const neighbours = new Map<string, string[]>();
        for (const { id, parallelism } of graph.vertices) for (let i = 0; i < parallelism; i++) neighbours.set(`${id}/${i}`, []);
        for (const e of graph.edges) {
          const producers = graph.vertices.find((v) => v.id === e.sourceVertex)?.parallelism ?? 0;
          const consumers = graph.vertices.find((v) => v.id === e.targetVertex)?.parallelism ?? 0;
          for (let i = 0; i < producers; i++) {
            const { first, last } = consumerSubtasks(e.partitioner, i, producers, consumers);
            for (let j = first; j <= last; j++) {
              neighbours.get(`${e.sourceVertex}/${i}`)?.push(`${e.targetVertex}/${j}`);
              neighbours.get(`${e.targetVertex}/${j}`)?.push(`${e.sourceVertex}/${i}`);
            }
          }
        }
        const reach = (start: string): string[] => {
          const seen = new Set([start]);
          for (const at of seen) for (const next of neighbours.get(at) ?? []) seen.add(next);
          return [...seen].sort();
        };
        const regions = pipelinedRegions(graph);
        for (const region of regions) expect(region.map(name).sort()).toEqual(reach(name(region[0])));
        expect(regions.flat().map(name).sort()).toEqual([...neighbours.keys()].sort()); // R1
      }),
    );
  });
  it('are one per subtask line where every edge is forward', () => {
    const { graph } = compile(
      [node(1, 'a', specs.source), node(2, 'b', specs.map, { chaining: 'head' })], [edge(1, 2)], { defaultParallelism: 3 },
    );
    expect(pipelinedRegions(graph).map((region) => region.map((s) => s.subtaskIndex))).toEqual([[0, 0], [1, 1], [2, 2]]);
  });
});

describe('slots', () => {
  it('hold subtask i of each vertex of their group, as many as the widest vertex', () => {
    fc.assert(
      fc.property(layered, ({ graph }) => {
        const plan = computeSlots(graph);
        const groups = new Set(graph.vertices.map((v) => v.slotSharingGroup));
        const needed = [...groups].map(
          (group) => Math.max(...graph.vertices.filter((v) => v.slotSharingGroup === group).map((v) => v.parallelism)),
        );
        expect(plan.slotCount).toBe(needed.reduce((a, b) => a + b, 0));
        expect(plan.slots.map((slot) => slot.index)).toEqual(plan.slots.map((_slot, i) => i));
        for (const slot of plan.slots) {
          expect(slot.subtasks.length).toBeGreaterThan(0);
          expect(new Set(slot.subtasks.map((s) => s.subtaskIndex)).size).toBe(1);
          expect(new Set(slot.subtasks.map((s) => s.vertexId)).size).toBe(slot.subtasks.length);
        }
        expect(plan.slots.flatMap((slot) => slot.subtasks).length).toBe(graph.vertices.reduce((sum, v) => sum + v.parallelism, 0));
      }),
    );
  });
});
