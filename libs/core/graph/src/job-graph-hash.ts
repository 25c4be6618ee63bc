/** The hash by which two builds of one job recognize each other. */
import { murmur128HexOfText } from './hash128.js';
import type { JobGraph } from './job-graph.js';

/** 32 hexadecimal digits over the canonical JSON: keys sorted, absent values left out, automatic max parallelism left out. */
export function hashJobGraph(graph: Omit<JobGraph, 'hash'>): string {
  const vertices = graph.vertices.map(
    (vertex) => ({ ...vertex, maxParallelism: vertex.maxParallelismExplicit ? vertex.maxParallelism : undefined }),
  );
  return murmur128HexOfText(canonicalJson({ jobName: graph.jobName, vertices, edges: graph.edges }));
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
