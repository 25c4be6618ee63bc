/**
 * Which consumer subtasks a producer subtask has channels to. The runtime lays channels by it, regions and slots follow from it.
 *
 * Pointwise patterns are Flink's (EdgeManagerBuildUtil.connectPointwise): every consumer has at least one producer and the other way round.
 */
import { assert } from '@weir/base';
import type { Partitioner } from './operator-spec.js';

/** Inclusive at both ends. */
export interface SubtaskRange {
  readonly first: number;
  readonly last: number;
}

/** True when every producer subtask has a channel to every consumer subtask. `global` too: barriers and watermarks must reach all. */
export function isAllToAll(partitioner: Partitioner['kind']): boolean {
  return partitioner !== 'forward' && partitioner !== 'rescale';
}

/** Consumers of one producer subtask. */
export function consumerSubtasks(
  partitioner: Partitioner['kind'], producerIndex: number, producers: number, consumers: number,
): SubtaskRange {
  if (isAllToAll(partitioner)) return { first: 0, last: consumers - 1 };
  assert(partitioner === 'rescale' || producers === consumers, `forward from ${producers} to ${consumers} subtasks`);
  return producers >= consumers ? single(ownerOf(producerIndex, producers, consumers)) : share(producerIndex, producers, consumers);
}

/** Producers of one consumer subtask; the inverse of `consumerSubtasks`. */
export function producerSubtasks(
  partitioner: Partitioner['kind'], consumerIndex: number, producers: number, consumers: number,
): SubtaskRange {
  if (isAllToAll(partitioner)) return { first: 0, last: producers - 1 };
  if (producers >= consumers) {
    return {
      first: Math.floor((consumerIndex * producers) / consumers), last: Math.floor(((consumerIndex + 1) * producers) / consumers) - 1,
    };
  }
  return single(Math.floor((consumerIndex * producers) / consumers));
}

function single(index: number): SubtaskRange {
  return { first: index, last: index };
}
/** Consumers of producer i when there are fewer producers: [ceil(i·C/P), ceil((i+1)·C/P)). */
function share(index: number, producers: number, consumers: number): SubtaskRange {
  return { first: Math.ceil((index * consumers) / producers), last: Math.ceil(((index + 1) * consumers) / producers) - 1 };
}
/** The consumer j with floor(j·P/C) <= i < floor((j+1)·P/C). */
function ownerOf(index: number, producers: number, consumers: number): number {
  return Math.ceil(((index + 1) * consumers) / producers) - 1;
}
