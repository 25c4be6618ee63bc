/** Branded ids and units: made only by their constructor functions, so that a checkpoint id is never passed for an epoch. */
import { assert } from './errors.js';

declare const brand: unique symbol;
/** A `T` that only the constructor of its name makes. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Identity of one job; 32 hexadecimal digits. */
export type JobId = Branded<string, 'JobId'>;
/** Stable identity of an operator: 32 hexadecimal digits of the hash of its uid, or of its place in the graph. */
export type OperatorId = Branded<string, 'OperatorId'>;
/** Identity of a JobVertex (a chain): the OperatorId of its head. */
export type VertexId = Branded<string, 'VertexId'>;
/** Rises by one for each triggered checkpoint of a job, never reused. From 1. */
export type CheckpointId = Branded<number, 'CheckpointId'>;
/** Term of a leader (D4). Rises with each claim. From 1. */
export type LeaderEpoch = Branded<number, 'LeaderEpoch'>;

const HEX_32 = /^[0-9a-f]{32}$/;

export function jobId(hex: string): JobId {
  assert(HEX_32.test(hex), `a job id is 32 hexadecimal digits, not ${hex}`);
  return hex as JobId;
}
export function operatorId(hex: string): OperatorId {
  assert(HEX_32.test(hex), `an operator id is 32 hexadecimal digits, not ${hex}`);
  return hex as OperatorId;
}
export function vertexId(hex: string): VertexId {
  assert(HEX_32.test(hex), `a vertex id is 32 hexadecimal digits, not ${hex}`);
  return hex as VertexId;
}
export function checkpointId(value: number): CheckpointId {
  assert(Number.isSafeInteger(value) && value >= 1, `a checkpoint id is a whole number from 1, not ${value}`);
  return value as CheckpointId;
}
export function leaderEpoch(value: number): LeaderEpoch {
  assert(Number.isSafeInteger(value) && value >= 1, `a leader epoch is a whole number from 1, not ${value}`);
  return value as LeaderEpoch;
}

/**
 * One try to run one subtask: leader epoch, restart counter of the job, vertex, subtask index. Everything durable, visible or sent is
 * named by it; messages of another attempt are dropped (D3).
 */
export interface ExecutionAttemptId {
  readonly epoch: LeaderEpoch;
  /** Restarts of this subtask before this attempt. From 0. */
  readonly attempt: number;
  readonly vertexId: VertexId;
  /** 0-based. */
  readonly subtaskIndex: number;
}

/** Text of an attempt, unique in a job: `<epoch>.<attempt>/<vertex>/<subtask>`. */
export function attemptKey(id: ExecutionAttemptId): string {
  return `${id.epoch}.${id.attempt}/${id.vertexId}/${id.subtaskIndex}`;
}
