/** Small stream graphs written by hand, for tests of the translation alone. */
import type { Sink, Source } from '@weir/connector';
import type { ProcessFunction } from '@weir/functions';
import { WatermarkStrategy } from '@weir/time';
import {
  createJobGraph, type CompiledJob, type JobGraphOptions, type OperatorSpec, type StreamEdge, type StreamGraph, type StreamNode,
} from '../src/index.js';

export const specs = {
  source: { kind: 'source', source: { description: 'test' } as Source<unknown>, watermarks: WatermarkStrategy.noWatermarks<unknown>() },
  map: { kind: 'map', fn: (value) => value },
  process: { kind: 'process', fn: {} as ProcessFunction<unknown, unknown> },
  reduce: { kind: 'keyed-reduce', fn: (a) => a },
  coProcess: { kind: 'co-process', fn: {} as never },
  sink: { kind: 'sink', sink: { description: 'test' } as Sink<unknown> },
} satisfies Record<string, OperatorSpec>;

export const self = (value: unknown): unknown => value;

export function node(id: number, name: string, spec: OperatorSpec, fields: Partial<StreamNode> = {}): StreamNode {
  return {
    id, name, spec, uid: undefined, parallelism: undefined, maxParallelism: undefined, slotSharingGroup: 'default', chaining: 'always',
    keySelectors: spec.kind === 'keyed-reduce' ? [self] : [], outputType: undefined, ...fields,
  };
}

export function edge(sourceId: number, targetId: number, fields: Partial<StreamEdge> = {}): StreamEdge {
  return { sourceId, targetId, inputIndex: 0, partitioner: { kind: 'auto' }, sideOutputId: undefined, ...fields };
}

export const hash = { partitioner: { kind: 'hash', keySelector: self } } as const;

export function graphOf(nodes: readonly StreamNode[], edges: readonly StreamEdge[]): StreamGraph {
  return { jobName: 'test', nodes, edges };
}

export function compile(nodes: readonly StreamNode[], edges: readonly StreamEdge[], options: Partial<JobGraphOptions> = {}): CompiledJob {
  return createJobGraph(graphOf(nodes, edges), { defaultParallelism: 1, chainingEnabled: true, ...options });
}

/** Names of the vertices: which operators share a chain. */
export function chains(compiled: CompiledJob): string[] {
  return compiled.graph.vertices.map((vertex) => vertex.name);
}
