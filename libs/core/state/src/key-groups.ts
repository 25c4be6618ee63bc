/** Key groups: the atoms of state distribution. Flink's arithmetic (KeyGroupRangeAssignment) on the hash of canonical key bytes. */
import { assert, murmurInt } from '@weir/base';
import { keyHash } from '@weir/types';

/** Inclusive at both ends; empty when `last` < `first`. */
export interface KeyGroupRange {
  readonly first: number;
  readonly last: number;
}

export const MAX_PARALLELISM_LIMIT = 32_768;

/** Key group of a key in `[0, maxParallelism)`. */
export function keyGroupOf(key: unknown, maxParallelism: number): number {
  return murmurInt(keyHash(key)) % maxParallelism;
}

/** Subtask that owns a key group. */
export function subtaskOfKeyGroup(keyGroup: number, parallelism: number, maxParallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism);
}

/** Key groups that a subtask owns. */
export function keyGroupRangeOf(subtaskIndex: number, parallelism: number, maxParallelism: number): KeyGroupRange {
  assert(parallelism <= maxParallelism, `parallelism ${parallelism} above max parallelism ${maxParallelism}`);
  return {
    first: Math.floor((subtaskIndex * maxParallelism + parallelism - 1) / parallelism),
    last: Math.floor(((subtaskIndex + 1) * maxParallelism - 1) / parallelism),
  };
}

/** Flink's default: the power of two above 1.5 x parallelism, within [128, 32768]. */
export function defaultMaxParallelism(parallelism: number): number {
  const wanted = parallelism + Math.floor(parallelism / 2);
  let power = 1;
  while (power < wanted) power *= 2;
  return Math.min(Math.max(power, 128), MAX_PARALLELISM_LIMIT);
}
