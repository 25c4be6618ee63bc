/** One operator's part of a snapshot: keyed state, what the operator keeps itself by key, and lists. Captured before the call returns (O3). */
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { KeyedSnapshot, KeyedSnapshotSource } from '@weir/state';
import type { OperatorSnapshotRequest } from './operator.js';
import type { OperatorContext } from './operator-context.js';

export function snapshotOperator({ operatorId, keyed, lists: operatorLists }: OperatorContext, request: OperatorSnapshotRequest,
  sources: readonly KeyedSnapshotSource[] = []): OperatorSnapshot | Promise<OperatorSnapshot> {
  const lists = operatorLists.snapshot();
  const whole = ({ bytes, tables }: KeyedSnapshot): OperatorSnapshot => ({
    operatorId, lists, ...(bytes === undefined ? {} : { keyed: bytes }), ...(tables === undefined ? {} : { tables }),
  });
  const captured = keyed === undefined ? {} : keyed.snapshot({ ...request, sources });
  return captured instanceof Promise ? captured.then(whole) : whole(captured);
}
