/**
 * Whether an embedded run gives each slot a thread of its own. `--threads` says so; else it does where subtasks can run at the same time: a
 * parallelism above 1, and more than one core. A job whose sources or sinks live in the memory of this thread runs in it in any case.
 */
import type { CompiledJob } from '@weir/graph';

export interface ThreadChoice {
  readonly threads: boolean;
  /** Why there are none although they would be expected. */
  readonly note?: string;
}

export function chooseThreads(asked: 'on' | 'off' | undefined, job: CompiledJob, cores: number): ThreadChoice {
  const parallelism = Math.max(...job.graph.vertices.map((vertex) => vertex.parallelism));
  if (asked === 'off' || (asked === undefined && (parallelism === 1 || cores === 1))) return { threads: false };
  const bound = boundOperators(job);
  if (bound.length === 0) return { threads: true };
  const names = bound.map((name) => `"${name}"`).join(' and ');
  return { threads: false, note: `all slots run in one thread, as ${names} ${bound.length === 1 ? 'uses' : 'use'} memory or streams of it` };
}

function boundOperators(job: CompiledJob): string[] {
  return [...job.nodes.values()].filter(({ spec }) => {
    if (spec.kind === 'source') return spec.source.boundToThread === true;
    return spec.kind === 'sink' && spec.sink.boundToThread === true;
  }).map(({ name }) => name);
}
