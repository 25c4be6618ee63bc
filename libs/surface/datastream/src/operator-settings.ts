/** What can be said about any operator after it was added. All methods change the operator and return the same object. */
import { MAX_PARALLELISM_LIMIT } from '@weir/state';
import type { StreamNode } from '@weir/graph';
import { InvalidJobError } from './errors.js';

export function setNodeName(node: StreamNode, name: string): void {
  if (name === '') throw new InvalidJobError(
    `operator ${node.name} gets an empty name`, 'Give the operator a name to show in plans and metrics.',
  );
  node.name = name;
}

export function setNodeUid(node: StreamNode, uid: string): void {
  if (uid === '') throw new InvalidJobError(
    `operator ${node.name} gets an empty uid`, 'Give the operator a uid that no other operator of the job has.',
  );
  node.uid = uid;
}

export function setNodeParallelism(node: StreamNode, parallelism: number): void {
  checkParallelism(`parallelism of ${node.name}`, parallelism);
  node.parallelism = parallelism;
}

export function setNodeMaxParallelism(node: StreamNode, maxParallelism: number): void {
  checkParallelism(`max parallelism of ${node.name}`, maxParallelism);
  node.maxParallelism = maxParallelism;
}

export function setNodeSlotSharingGroup(node: StreamNode, group: string): void {
  if (group === '') throw new InvalidJobError(
    `operator ${node.name} gets an empty slot-sharing group`, 'Name the group, or leave it out for the inputs\' group.',
  );
  node.slotSharingGroup = group;
}

export function checkParallelism(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= MAX_PARALLELISM_LIMIT) return;
  throw new InvalidJobError(`${what} is ${value}`, `Give a whole number from 1 to ${MAX_PARALLELISM_LIMIT}.`);
}
