/**
 * Restored state as it is sent: of state that travels inside of the message, each part once. In a checkpoint all operators and list elements of a subtask
 * point into one run of bytes, and a message would hold that run for each of them anew. So what one old subtask had inline is sent at most once, but for
 * `union` lists.
 */
import { crc32 } from '@weir/base';
import type { RestoredSubtaskState, Segment, StateHandle } from '@weir/checkpoint';

/** The same state; files are left as they are. */
export function sliceInlineState(restored: RestoredSubtaskState): RestoredSubtaskState {
  return {
    ...restored,
    ...(restored.inFlight === undefined ? {} : { inFlight: restored.inFlight.map((channel) => ({ ...channel, ...slice(channel) })) }),
    operators: restored.operators.map((operator) => ({
      ...operator,
      keyed: operator.keyed.map((part) => ({ ...part, ...slice(part) })),
      lists: operator.lists.map((list) => ({ ...list, elements: list.elements.map(slice) })),
    })),
  };
}

function slice({ state, segment }: { readonly state: StateHandle; readonly segment: Segment }): { readonly state: StateHandle; readonly segment: Segment } {
  if (state.kind !== 'inline') return { state, segment };
  const bytes = state.bytes.subarray(segment.offset, segment.offset + segment.length);
  return { state: { kind: 'inline', bytes, crc32: crc32(bytes) }, segment: { offset: 0, length: bytes.length } };
}
