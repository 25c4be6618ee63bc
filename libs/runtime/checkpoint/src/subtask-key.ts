import type { VertexId } from '@weir/base';

/** Text of a subtask of a graph, whatever its attempt: `<vertex>/<subtask index>`. */
export function subtaskKey(vertexId: VertexId, subtaskIndex: number): string {
  return `${vertexId}/${subtaskIndex}`;
}
