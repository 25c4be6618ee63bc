/**
 * Which splits were handed to which reader since which checkpoint (after Flink's SplitAssignmentTracker). Pure.
 *
 *  A1  a split assigned before the snapshot of checkpoint c lies in the reader's part of c, one assigned after it does not;
 *  A2  a reader that goes back to c has lost exactly what was assigned to it after c: the groups above c and the open one;
 *  A3  groups at or below the last completed checkpoint are never needed again.
 */
export class SplitAssignmentTracker<S> {
  /** Assigned since the last snapshot, by subtask. */
  private open = new Map<number, S[]>();
  /** Key c: assigned between the snapshot before c and that of c. Ascending. */
  private readonly groups = new Map<number, Map<number, S[]>>();

  assigned(subtaskIndex: number, splits: readonly S[]): void {
    const held = this.open.get(subtaskIndex);
    if (held === undefined) this.open.set(subtaskIndex, [...splits]);
    else held.push(...splits);
  }

  snapshot(checkpointId: number): void {
    this.groups.set(checkpointId, this.open);
    this.open = new Map();
  }

  checkpointCompleted(checkpointId: number): void {
    for (const id of [...this.groups.keys()]) if (id <= checkpointId) this.groups.delete(id); // A3
  }

  /** Takes what this subtask has lost by going back to `checkpointId` (undefined: to the start), earliest first. */
  takeAssignedAfter(subtaskIndex: number, checkpointId: number | undefined): S[] {
    const lost: S[] = [];
    for (const [id, group] of this.groups) {
      if (checkpointId !== undefined && id <= checkpointId) continue;
      lost.push(...(group.get(subtaskIndex) ?? []));
      group.delete(subtaskIndex);
    }
    lost.push(...(this.open.get(subtaskIndex) ?? []));
    this.open.delete(subtaskIndex);
    return lost; // A2
  }

  clear(): void {
    this.open = new Map();
    this.groups.clear();
  }
}
