/**
 * The pipelined regions of a job and the groups in which they are deployed and stopped together. Each region is in one group; a group without regions is
 * forgotten. Data with queries: phases are changed by {@link RegionDeployment} and {@link JobScheduler}.
 *
 *   waiting-for-slots -> restoring -> deploying -> running          (first deployment: all regions)
 *          ^                             |            |
 *          |                             +-- failure -+
 *          |                                  v
 *          +-- all ended and delay over -- stopping                 (the failed region alone, or all regions for a failure of the job)
 *   any -> ending                                                   (the job fails or is cancelled)
 */
import { assert } from '@weir/base';
import type { SubtaskRef } from '@weir/graph';
import { type Execution, type ExecutionGraph, type ExecutionVertex, isTerminalExecution } from './execution-graph.js';

export interface Region {
  readonly vertices: readonly ExecutionVertex[];
  group: Group;
}

export interface Group {
  readonly id: number;
  readonly regions: Set<Region>;
  phase: 'waiting-for-slots' | 'restoring' | 'deploying' | 'running' | 'stopping' | 'ending';
  /** While stopping: the backoff before the restart is over. */
  delayOver: boolean;
}

export class RegionGroups {
  readonly regions: readonly Region[];
  private count = 0;

  /** All regions wait for slots, in one group. `regions`: together all subtasks, each in one. */
  constructor(private readonly executions: ExecutionGraph, regions: readonly (readonly SubtaskRef[])[]) {
    const all = this.newGroup('waiting-for-slots');
    this.regions = regions.map((refs) => {
      const vertices = refs.map((ref) => executions.at(ref)).sort((a, b) => a.order - b.order);
      const region: Region = { vertices, group: all };
      all.regions.add(region);
      return region;
    });
    const inRegions = this.regions.reduce((sum, region) => sum + region.vertices.length, 0);
    assert(inRegions === executions.vertices.length, `regions hold ${inRegions} subtasks, the graph ${executions.vertices.length}`);
  }

  all(): Set<Group> {
    return new Set(this.regions.map((region) => region.group));
  }

  /** Undefined when it has no regions left. */
  byId(id: number): Group | undefined {
    return [...this.all()].find((group) => group.id === id);
  }

  in(phase: Group['phase']): Group[] {
    return [...this.all()].filter((group) => group.phase === phase);
  }

  regionOf(execution: Execution): Region {
    const vertex = this.executions.at(execution.attempt);
    return this.regions.find((region) => region.vertices.includes(vertex)) as Region;
  }

  groupOf(execution: Execution): Group {
    return this.regionOf(execution).group;
  }

  /** Whether what is left of this execution is to end. */
  isStopping(execution: Execution): boolean {
    const { phase } = this.groupOf(execution);
    return phase === 'stopping' || phase === 'ending';
  }

  /** Takes these regions out of the groups that they are in. */
  move(regions: readonly Region[], phase: 'stopping' | 'ending'): Group {
    const group = this.newGroup(phase);
    for (const region of regions) {
      region.group.regions.delete(region);
      region.group = group;
      group.regions.add(region);
    }
    return group;
  }

  private newGroup(phase: Group['phase']): Group {
    return { id: ++this.count, regions: new Set(), phase, delayOver: false };
  }
}

/** In topological order. */
export function verticesOf(group: Group): ExecutionVertex[] {
  return [...group.regions].flatMap((region) => region.vertices).sort((a, b) => a.order - b.order);
}

export function liveExecutionsOf(group: Group): Execution[] {
  return verticesOf(group).flatMap(({ current }) => (current !== undefined && !isTerminalExecution(current.state) ? [current] : []));
}
