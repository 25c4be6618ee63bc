/**
 * How many slots a job needs and which subtasks share one (Flink's slot sharing): subtask i of every vertex of a group is in slot i of the
 * group, so a group needs as many slots as its widest vertex has subtasks, and forward edges stay inside a slot.
 */
import type { VertexId } from '@weir/base';
import type { JobGraph } from './job-graph.js';

export interface SubtaskRef {
  readonly vertexId: VertexId;
  /** 0-based. */
  readonly subtaskIndex: number;
}
export interface SharedSlot {
  /** Place in `SlotPlan.slots`. */
  readonly index: number;
  readonly slotSharingGroup: string;
  /** At most one subtask of each vertex; in topological order. */
  readonly subtasks: readonly SubtaskRef[];
}
export interface SlotPlan {
  readonly slotCount: number;
  /** Slots needed per group, in the order in which the groups first appear. */
  readonly groups: readonly { readonly name: string; readonly slotCount: number }[];
  readonly slots: readonly SharedSlot[];
}

export function computeSlots(graph: JobGraph): SlotPlan {
  const widths = new Map<string, number>();
  for (const { slotSharingGroup, parallelism } of graph.vertices) {
    widths.set(slotSharingGroup, Math.max(widths.get(slotSharingGroup) ?? 0, parallelism));
  }
  const groups = [...widths].map(([name, slotCount]) => ({ name, slotCount }));
  const slots: SharedSlot[] = [];
  for (const { name, slotCount } of groups) {
    for (let i = 0; i < slotCount; i++) {
      const subtasks = graph.vertices
        .filter((vertex) => vertex.slotSharingGroup === name && vertex.parallelism > i)
        .map((vertex): SubtaskRef => ({ vertexId: vertex.id, subtaskIndex: i }));
      slots.push({ index: slots.length, slotSharingGroup: name, subtasks });
    }
  }
  return { slotCount: slots.length, groups, slots };
}
