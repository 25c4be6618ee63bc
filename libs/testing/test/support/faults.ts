/** Faults of user code and of outside systems, planned by place and count. Each happens once; the same plan gives the same run. */

export type FaultSite =
  | 'generate' | 'map' | 'process' | 'timer' | 'window' | 'open' | 'close' | 'prepare' | 'recover' | 'commit' | 'commit-applied' | 'none';

export interface PlannedFault {
  readonly site: FaultSite;
  /** Counted from 1 over all subtasks and attempts. */
  readonly call: number;
}

export class Faults {
  /** What has happened, for the evidence of a run. */
  readonly happened: PlannedFault[] = [];
  private readonly calls = new Map<FaultSite, number>();

  constructor(private readonly plan: readonly PlannedFault[]) {}

  /** True when the fault planned for this call of this place happens now. */
  due(site: FaultSite): boolean {
    const call = (this.calls.get(site) ?? 0) + 1;
    this.calls.set(site, call);
    const fault = this.plan.find((planned) => planned.site === site && planned.call === call);
    if (fault === undefined) return false;
    this.happened.push(fault);
    return true;
  }
  /** Throws when a fault is due. */
  at(site: FaultSite): void {
    if (this.due(site)) throw new Error(`injected in ${site}`);
  }
}
