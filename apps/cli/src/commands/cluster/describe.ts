/** A cluster in words and as data. */
import type { ClusterShape, ClusterState } from '../../cluster/cluster-state.js';

/** `--json` of `weir cluster up`. */
export interface ClusterDescription {
  /** REST address of the first JobManager. */
  readonly rest: string;
  readonly nats: string;
  /** Process id. */
  readonly supervisor: number;
  readonly processes: readonly { readonly role: string; readonly id: string; readonly pid: number; readonly rest?: string }[];
}

export function describeCluster(state: ClusterState): ClusterDescription {
  return {
    rest: state.rest, nats: state.nats, supervisor: state.supervisor.pid,
    processes: state.processes.map(({ role, id, pid, rest }) => ({ role, id, pid, ...(rest === undefined ? {} : { rest }) })),
  };
}

export function describeShape({ jobManagers, taskManagers, slots, nats, application }: ClusterShape): string {
  const several = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  return `${several(jobManagers, 'JobManager')}, ${several(taskManagers, 'TaskManager')} with ${several(slots, 'slot')} each${nats === 'auto' ? ', a nats-server' : ''}${application.length === 0 ? '' : `, for one job: ${application[1]}`}`;
}
