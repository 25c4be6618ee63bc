/** Wraps the generated inputs of map, filter, flatMap and rolling aggregates: life cycle and counters, nothing per record. */
import type { OperatorSnapshot } from '@weir/checkpoint';
import type { RichFunction } from '@weir/functions';
import { writeKeyedSnapshot } from '@weir/state';
import type { Input, OperatorCounters, StreamOperator } from './operator.js';
import { type OperatorContext, runtimeContext } from './operator-context.js';

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
  snapshot(): OperatorSnapshot {
    const { keyed } = this.context;
    const bytes = keyed === undefined ? undefined : writeKeyedSnapshot(keyed.snapshotSources(), keyed.unclaimed(), keyed.keyGroupRange, keyed.maxParallelism);
    return { operatorId: this.operatorId, ...(bytes === undefined ? {} : { keyed: bytes }), lists: this.context.lists.snapshot() };
  }
  async close(): Promise<void> {
    await this.rich?.close?.();
  }
}
