/**
 * Pipelined regions: sets of subtasks that are connected by channels, and so fail and restart together (Flink's
 * PipelinedRegionComputeUtil). One all-to-all edge joins all subtasks of both its vertices.
 *
 * R1: the regions partition the subtasks. R2: no channel leads from one region to another.
 */
import { consumerSubtasks } from './channel-pattern.js';
import type { JobGraph } from './job-graph.js';
import type { SubtaskRef } from './slots.js';

/** Its subtasks in topological order of the vertices, then by subtask index. */
export type PipelinedRegion = readonly SubtaskRef[];

/** The regions in the order of their first subtasks. Cost: linear in subtasks and pointwise channels. */
export function pipelinedRegions(graph: JobGraph): readonly PipelinedRegion[] {
  const firstOf = new Map<string, number>();
  const subtasks: SubtaskRef[] = [];
  for (const vertex of graph.vertices) {
    firstOf.set(vertex.id, subtasks.length);
    for (let i = 0; i < vertex.parallelism; i++) subtasks.push({ vertexId: vertex.id, subtaskIndex: i });
  }
  const sets = new DisjointSets(subtasks.length);
  const widths = new Map<string, number>(graph.vertices.map((vertex) => [vertex.id, vertex.parallelism]));
  for (const edge of graph.edges) {
    const [producers, consumers] = [widths.get(edge.sourceVertex) as number, widths.get(edge.targetVertex) as number];
    const [producerFirst, consumerFirst] = [firstOf.get(edge.sourceVertex) as number, firstOf.get(edge.targetVertex) as number];
    for (let i = 0; i < producers; i++) {
      const range = consumerSubtasks(edge.partitioner, i, producers, consumers);
      // All consumers of the first producer, then one each: enough to connect an all-to-all edge without P x C steps.
      const last = edge.allToAll && i > 0 ? range.first : range.last;
      for (let j = range.first; j <= last; j++) sets.join(producerFirst + i, consumerFirst + j);
    }
  }
  const regions = new Map<number, SubtaskRef[]>();
  subtasks.forEach((subtask, i) => {
    const root = sets.rootOf(i);
    const region = regions.get(root);
    if (region === undefined) regions.set(root, [subtask]);
    else region.push(subtask);
  });
  return [...regions.values()];
}

/** Union-find with path halving. */
class DisjointSets {
  private readonly parents: Int32Array;
  constructor(size: number) {
    this.parents = Int32Array.from({ length: size }, (_, i) => i);
  }
  rootOf(i: number): number {
    while (this.parents[i] !== i) {
      this.parents[i] = this.parents[this.parents[i]];
      i = this.parents[i];
    }
    return i;
  }
  join(a: number, b: number): void {
    const [rootA, rootB] = [this.rootOf(a), this.rootOf(b)];
    // The smaller root wins, so that a region is found at its first subtask.
    if (rootA < rootB) this.parents[rootB] = rootA;
    else this.parents[rootA] = rootB;
  }
}
