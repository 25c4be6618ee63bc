/** Opens the keyed state of a task's operators, before any of them is built. */
import type { CompiledJob, JobVertex } from '@weir/graph';
import type { KeyedStateBackend, KeyedStateBackends, KeyGroupRange } from '@weir/state';
import { NOTHING_RESTORED, type RestoredOperatorValues } from './restored-values.js';

/** By operator id; those behind keyBy. When one fails the others are closed. */
export async function openKeyedState(backends: KeyedStateBackends, job: CompiledJob, vertex: JobVertex, keyGroupRange: KeyGroupRange,
  restored: ReadonlyMap<string, RestoredOperatorValues>): Promise<Map<string, KeyedStateBackend>> {
  const opened = new Map<string, KeyedStateBackend>();
  try {
    for (const { operatorId, name } of vertex.operators) {
      if (job.nodes.get(operatorId)?.keySelectors.some((selector) => selector !== undefined) !== true) continue;
      const { keyed } = restored.get(operatorId) ?? NOTHING_RESTORED;
      opened.set(operatorId, await backends.open({ operatorId, operatorName: name, keyGroupRange, maxParallelism: vertex.maxParallelism, restored: keyed }));
    }
    return opened;
  } catch (failure) {
    await closeKeyedState(opened);
    throw failure;
  }
}

/** For those that no chain has taken over. */
export async function closeKeyedState(opened: ReadonlyMap<string, KeyedStateBackend>): Promise<void> {
  await Promise.allSettled([...opened.values()].map((backend) => backend.close()));
}
