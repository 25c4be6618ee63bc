/** Wraps the generated inputs of map, filter, flatMap and rolling aggregates: life cycle and counters, nothing per record. */
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { RichFunction } from '@weir/functions';
import type { Input, OperatorCounters, OperatorSnapshotRequest, StreamOperator } from './operator.js';
import { type OperatorContext, runtimeContext } from './operator-context.js';
import { snapshotOperator } from './operator-snapshot.js';

export class SimpleOperator implements StreamOperator {
  readonly operatorId;
  readonly name;
  readonly inputs: readonly Input[];

  constructor(private readonly context: OperatorContext, input: Input, readonly counters: OperatorCounters, private readonly rich: RichFunction | undefined) {
    this.operatorId = context.operatorId;
    this.name = context.name;
    this.inputs = [input];
  }
  async open(): Promise<void> {
    await this.rich?.open?.(runtimeContext(this.context));
  }
  snapshot(request: OperatorSnapshotRequest): OperatorSnapshot | Promise<OperatorSnapshot> {
    return snapshotOperator(this.context, request);
  }
  async close(): Promise<void> {
    await this.rich?.close?.();
  }
}
